"""A home whose journal and lake are empty, and files of call records in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from mingbai.kernel.home import Home


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    for folder in (settings.HOME.journal, settings.HOME.lake, settings.HOME.files / "calls"):
        shutil.rmtree(folder, ignore_errors=True)
    for key in settings.HOME.keys.glob("calls-*"):
        key.unlink()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes, str], Path]:
    def write(text: str | bytes, name: str = "calls.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
