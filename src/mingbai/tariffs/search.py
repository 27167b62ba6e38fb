"""The search index in the database: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from mingbai.tariffs import words
from mingbai.tariffs.content import GB, TEXTS, Content, PriceKind


def index(version: int, content: Content) -> None:
    """Make a version findable, in the caller's transaction. The name is weighed before everything else."""
    name = f"{content.name} {content.code}"
    rest = " ".join([*(getattr(content, field) for field in TEXTS), *content.regions, *_amounts(content)])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO tariffs_search (version, words) VALUES (%s, %s::tsvector) "
                "ON CONFLICT (version) DO UPDATE SET words = excluded.words",
                [version, words.tsvector(name, rest)],
            )
        else:
            cursor.execute("DELETE FROM tariffs_search WHERE rowid = %s", [version])
            cursor.execute(
                "INSERT INTO tariffs_search (rowid, name, rest) VALUES (%s, %s, %s)",
                [version, " ".join(words.pairs(name)), " ".join(words.pairs(rest))],
            )


def _amounts(content: Content) -> list[str]:
    """Fields as people look for them: 50GB流量, 300分钟通话, 59元."""
    allowed = content.allowances
    units = (("data_mb", "流量"), ("directed_mb", "定向流量"))
    said = [f"{mb / GB:g}GB{word}" for name, word in units if (mb := getattr(allowed, name))]
    counts = (("voice_min", "分钟通话"), ("sms", "条短信"), ("broadband_mbps", "M宽带"))
    said += [f"{value}{word}" for name, word in counts if (value := getattr(allowed, name))]
    said += [f"{price.fen / 100:g}元" for price in content.prices if price.fen and price.kind != PriceKind.USAGE]
    return [*said, allowed.directed_to]


def condition(query: str, *, in_name: bool = False) -> tuple[str, Sequence[str]] | None:
    """SQL for “version v.id is found by the query”, with its parameters; None when nothing is asked for."""
    if connection.vendor == "postgresql":
        asked = words.tsquery(query, weight="A" if in_name else "")
        return ("v.id IN (SELECT version FROM tariffs_search WHERE words @@ %s::tsquery)", [asked]) if asked else None
    asked = words.fts5(query, column="name" if in_name else "")
    return ("v.id IN (SELECT rowid FROM tariffs_search WHERE tariffs_search MATCH %s)", [asked]) if asked else None
