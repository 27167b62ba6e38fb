"""What is compiled is run where it was made of these sources, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mingbai import compiled


def _told(wish: str | None, code: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != compiled.SETTING}
    if wish is not None:
        environment[compiled.SETTING] = wish
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


_WHERE = "import mingbai.gate.check as check; print(check.__file__)"


@pytest.mark.parametrize("wish", [None, "", "0"])
def test_who_does_not_ask_for_it_runs_the_source(wish: str | None) -> None:
    assert _told(wish, _WHERE).stdout.strip().endswith("/gate/check.py")


def test_it_is_found_where_these_sources_are_compiled() -> None:
    if not compiled.ready():
        pytest.skip("not compiled: make compiled")
    for wish in ("auto", "require"):
        assert _told(wish, _WHERE).stdout.strip().endswith(".so")


def test_other_sources_are_compiled_to_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled.folder()
    more = [*compiled.sources(), tmp_path / "more.py"]
    (tmp_path / "more.py").write_text("", "utf-8")
    monkeypatch.setattr(compiled, "_PACKAGE", Path("/"))
    monkeypatch.setattr(compiled, "sources", lambda: more)
    assert compiled.folder() != before


def test_a_module_that_was_loaded_already_is_not_mixed_with_compiled_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    import mingbai.gate.check  # noqa: F401  # the source is loaded

    finders = list(sys.meta_path)
    monkeypatch.setattr(compiled, "ready", lambda: True)
    monkeypatch.setenv(compiled.SETTING, "auto")
    assert compiled.use() is False
    assert sys.meta_path == finders


def test_where_it_is_required_its_absence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "ready", lambda: False)
    monkeypatch.setenv(compiled.SETTING, "require")
    with pytest.raises(ImportError, match="make compiled"):
        compiled.use()
    monkeypatch.setenv(compiled.SETTING, "auto")
    assert compiled.use() is False


def test_every_module_stands_in_the_source() -> None:
    for module in compiled.MODULES:
        assert (Path(compiled.__file__).parents[1] / (module.replace(".", "/") + ".py")).exists()
