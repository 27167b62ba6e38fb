"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
_LINK = re.compile(r'!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)|<img src="([^"]+)"')
_CODE = re.compile(r"^( {4}|```).*$|`[^`]*`", re.MULTILINE)


def _links(text: str) -> list[str]:
    return [link or image for link, image in _LINK.findall(text)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = _CODE.sub("", document.read_text("utf-8"))
    links = [link for link in _links(text) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_both_readmes_tell_the_same_files() -> None:
    linked = {name: sorted(_links((ROOT / name).read_text("utf-8"))) for name in ("README.md", "README.zh-CN.md")}
    linked["README.md"].remove("README.zh-CN.md")
    linked["README.zh-CN.md"].remove("README.md")
    assert linked["README.md"] == linked["README.zh-CN.md"]
