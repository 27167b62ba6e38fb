"""docs/rules says only what is so: each setting, file and test that it names is there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mingbai.kernel import profile
from mingbai.kernel.profile.groups import GROUPS

ROOT = Path(__file__).parents[4]
SOURCES = ROOT / "src" / "mingbai"
PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))
KNOWN = {f"{group}.{one.name}" for group, kind in GROUPS.items() for one in fields(kind)}
NAMED = sorted({(page.name, word) for page in PAGES for word in re.findall(r"`([^`\n]+)`", page.read_text("utf-8"))})


def source(path: str) -> Path:
    return ROOT / path if path.startswith(("tests/", "src/", "docs/")) else SOURCES / path


def test_every_page_is_found_from_the_first() -> None:
    linked = set(re.findall(r"\]\((\S+\.md)\)", (ROOT / "docs" / "rules" / "README.md").read_text("utf-8")))
    assert {page.name for page in PAGES} - {"README.md"} <= linked


@pytest.mark.parametrize(("page", "word"), [pair for pair in NAMED if ".py" in pair[1] or pair[1].endswith("/")])
def test_every_file_and_test_is_there(page: str, word: str) -> None:
    path, *names = word.split("::")
    assert source(path).exists(), f"{page} names {path}"
    for name in names:
        assert re.search(rf"^\s*(?:class|def) {name}\b", source(path).read_text("utf-8"), re.M), f"{page}: {word}"


@pytest.mark.parametrize(
    ("page", "word"), [pair for pair in NAMED if pair[1].split(".")[0] in GROUPS and "/" not in pair[1]]
)
def test_every_setting_is_one(page: str, word: str) -> None:
    assert word in KNOWN, f"{page} names {word}"


@pytest.mark.parametrize("name", profile.NAMES)
def test_every_setting_that_is_not_ours_is_told(name: str) -> None:
    settings = profile.parse(profile.packaged(name), name).settings.values()
    told = {word for _, word in NAMED}
    assert {one.key for one in settings if one.standing != "ours"} <= told


def test_every_setting_is_read_by_code() -> None:
    files = [file for file in SOURCES.rglob("*.py") if "tests" not in file.parts and "kernel" not in file.parts]
    code = "\n".join(file.read_text("utf-8") for file in files)
    unread = [key for key in sorted(KNOWN) if not re.search(rf"""[."']{key.partition(".")[2]}\b""", code)]
    assert unread == []
