"""docs/evidence.md shows what the code makes and accepts."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from mingbai.ledger import verify

DOCS = Path(__file__).parents[4] / "docs" / "evidence.md"
BLOCKS: dict[str, str] = dict(re.findall(r"^```([a-z-]+)\n(.*?)^```$", DOCS.read_text("utf-8"), re.M | re.S))


def test_the_worked_example_is_what_its_recipe_makes() -> None:
    made = runpy.run_path(str(Path(__file__).with_name("documented.py")))["example"]()
    assert {name: BLOCKS[name] for name in made} == made


def test_the_shown_receipts_hold_under_the_shown_key() -> None:
    entry = verify.verify_receipt(BLOCKS["receipt"], BLOCKS["vkey"])
    assert (entry.index, entry.size, entry.subject) == (0, 3, "subscriber:17")
    assert entry.content == {"how": "短信", "principal": 7, "purpose": "marketing"}
    row = verify.verify_receipt(BLOCKS["row-receipt"], BLOCKS["vkey"]).row
    assert row == verify.Row(3, 5, {"called": "p3", "decision": "refuse", "rule": "callee.refused"})
    with pytest.raises(verify.NoteError):
        verify.verify_receipt(BLOCKS["receipt"].replace("\n3\n", "\n4\n"), BLOCKS["vkey"])
