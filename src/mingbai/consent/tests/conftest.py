"""A few people and firms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mingbai.consent import importing, queries
from mingbai.consent.importing import job
from mingbai.consent.staging import __main__ as staging
from mingbai.kernel import msisdn
from mingbai.kernel.problems import Problem
from mingbai.people import actions as people
from mingbai.people import queries as people_queries

Person = Callable[[int], int]
Firm = Callable[[str], int]
ListFile = Callable[..., Path]
PROOF = hashlib.sha256(b"the signed form").hexdigest()


@pytest.fixture
def person(db: None) -> Person:
    """person(7) → the subscriber of 13800000007."""
    return lambda place: people.ensure_subscriber(msisdn.require(f"138{place:08d}"))


@pytest.fixture
def firm(db: None) -> Firm:
    """firm("好房") → its id, made when new."""
    known: dict[str, int] = {}

    def find(name: str) -> int:
        if name not in known:
            known[name] = people.create_organisation(name=name, kind="enterprise", industry="property")
        return known[name]

    return find


@pytest.fixture
def whitelist(tmp_path: Path) -> ListFile:
    """whitelist("13800000001,HT-1,…", …) → a CSV with the header and these rows."""

    def write(*rows: str, header: str = "msisdn,reference,proof_sha256,given_at,expires_at") -> Path:
        path = tmp_path / f"list-{len(list(tmp_path.iterdir()))}.csv"
        path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
        return path

    return write


@pytest.fixture
def staged_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staging without a second process, which takes a second to start: the same code, the same files."""

    def told(self: job.Staging) -> Iterator[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        monkeypatch.setattr(staging, "tell", lambda **what: lines.append(what))
        staging.main(self._folder)
        for line in lines:
            if "problem" in line:
                raise Problem(**line["problem"])
            yield line

    monkeypatch.setattr(job.Staging, "__enter__", lambda self: self)
    monkeypatch.setattr(job.Staging, "__exit__", lambda self, *what: None)
    monkeypatch.setattr(job.Staging, "__iter__", told)


def row(place: int, *, given: str = "2026-01-31", expires: str = "", proof: str = PROOF) -> str:
    """A good row for 13800000000 + place."""
    return f"138{place:08d},HT-{place},{proof},{given},{expires}"


def take(path: Path, principal: int, **more: Any) -> importing.Report:
    """Import a whitelist of marketing consents, keeping the good rows."""
    return importing.import_whitelist(path, principal=principal, purpose="marketing", **{"keep_good": True, **more})


def codes(report: importing.Report) -> list[tuple[int, str, str]]:
    """(line, column, code) of each bad row."""
    return [(bad.row, bad.column, bad.code.removeprefix("import.")) for bad in report.bad]


def state(place: int, principal: int) -> str:
    """What holds for marketing calls to 13800000000 + place."""
    subscriber = people_queries.subscriber_id(msisdn.require(f"138{place:08d}"))
    return queries.status(subscriber=subscriber, principal=principal, purpose="marketing") if subscriber else ""
