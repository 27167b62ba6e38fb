"""The search index: texts as pairs of neighbours, so that every word of one character or more is found. Pure.

SQLite's FTS5 and PostgreSQL's own parsers cut Chinese at the wrong places or not at all, and trigrams miss words of one
or two characters. Here a text is a row of atoms (a Chinese character, a letter, a whole number), and what is indexed is
each atom with its neighbour: 流量包 gives 流_量 量_包 包_. A word of one atom is a prefix (流_…), a longer one a phrase
of pairs. A number is one atom: 5元 does not find 15元, and 50G finds 50GB, whose B is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

LONGEST_QUERY = 60
_ATOM = re.compile(r"\d+(?:\.\d+)?|[^\W_]")
_RUN = re.compile(r"[\w.]+")


def _normal(text: str) -> str:
    return re.sub(r"(\d\s*[gmkt])b(?![a-z])", r"\1", unicodedata.normalize("NFKC", text).lower())


def _runs(text: str) -> Iterator[list[str]]:
    """Atoms of each unbroken run: punctuation and spaces part what is not neighboured."""
    for run in _RUN.findall(_normal(text)):
        atoms = _ATOM.findall(run)
        if atoms:
            yield atoms


def pairs(text: str) -> list[str]:
    """What is indexed of a text, in order."""
    return [f"{one}_{after}" for atoms in _runs(text) for one, after in zip(atoms, [*atoms[1:], ""], strict=True)]


def phrases(query: str) -> list[list[str]]:
    """What a query asks for: each word as its pairs in order; a word of one atom as one prefix, “流_”."""
    found = []
    for atoms in _runs(query[:LONGEST_QUERY]):
        found.append([f"{one}_{after}" for one, after in pairwise(atoms)] or [f"{atoms[0]}_"])
    return found


def is_prefix(phrase: list[str]) -> bool:
    return len(phrase) == 1 and phrase[0].endswith("_")


def fts5(query: str, *, column: str = "") -> str:
    """The query as FTS5 takes it; "" when there is nothing to look for."""
    parts = []
    for phrase in phrases(query):
        text = " ".join(phrase)
        parts.append(f'"{text}"' + (" *" if is_prefix(phrase) else ""))
    return (f"{column} : " if column and parts else "") + (f"({' AND '.join(parts)})" if parts else "")


def tsquery(query: str, *, weight: str = "") -> str:
    """The query as PostgreSQL's tsquery; "" when there is nothing to look for."""
    parts = []
    for phrase in phrases(query):
        mark = ":" + ("*" if is_prefix(phrase) else "") + weight
        parts.append(" <-> ".join(f"'{pair}'{mark if mark != ':' else ''}" for pair in phrase))
    return " & ".join(f"({part})" for part in parts)


def tsvector(name: str, rest: str) -> str:
    """The indexed text as PostgreSQL's tsvector; the name weighs A. Positions end at 16383."""
    words = [f"'{pair}':{place}A" for place, pair in enumerate(pairs(name), 1)]
    begin = len(words) + 2
    words += [f"'{pair}':{begin + place}" for place, pair in enumerate(pairs(rest)) if begin + place < 16_383]
    return " ".join(words)
