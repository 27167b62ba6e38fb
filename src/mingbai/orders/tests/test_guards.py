"""The database's own guard of orders outlives migrations, those too that make its tables anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from mingbai.orders import guards
from mingbai.orders.tests.conftest import Market

LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("{room}", "{latest}")]
    operations = [migrations.AlterField("{model}", "{field}", models.CharField(max_length={length}))]
"""


def _refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"published|never changed"), transaction.atomic():
        connection.cursor().execute(statement)


def _latest(room: str) -> str:
    folder = Path(sys.modules[f"mingbai.{room}.migrations"].__path__[0])
    return sorted(path.stem for path in folder.glob("0*.py"))[-1]


@pytest.fixture
def later(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """Migrations of a day to come, which alter a column of orders and one of tariff versions."""
    back = []
    monkeypatch.syspath_prepend(tmp_path)
    for room, model, field, length in (("orders", "order", "region", 30), ("tariffs", "version", "name", 250)):
        latest = _latest(room)
        folder, name = tmp_path / f"later_{room}", f"later_{room}"
        folder.mkdir()
        now = list(sys.modules[f"mingbai.{room}.migrations"].__path__)
        (folder / "__init__.py").write_text(f"__path__ = {[*now, str(folder)]!r}\n", "utf-8")
        said = LATER.format(room=room, latest=latest, model=model, field=field, length=length)
        (folder / "9999_later.py").write_text(said, "utf-8")
        settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, room: name}
        back.append((room, latest))
    yield back
    for room, latest in back:
        call_command("migrate", room, latest, verbosity=0)
        for name in [name for name in sys.modules if name.split(".")[0] == f"later_{room}"]:
            del sys.modules[name]


@pytest.mark.django_db(transaction=True)
def test_the_guards_outlive_a_migration_that_makes_their_tables_anew(later: list[tuple[str, str]]) -> None:
    assert guards.missing() == []
    order = Market().offer()
    call_command("migrate", verbosity=0)
    assert guards.missing() == []
    _refused(f"UPDATE orders_order SET price_fen = 1 WHERE id = {order}")
    connection.cursor().execute(f"UPDATE orders_order SET reason = 'as before' WHERE id = {order}")
    columns = "subscriber_id, version_id, plan_id, seller_id, scope_id"
    rest = "kind, channel, region, by, reference, terms, shown, shown_sha256, word, proposed_at, expires_at, state"
    more = "basis, confirmed_how, reason, tries"
    _refused(
        f"INSERT INTO orders_order ({columns}, {rest}, {more}, tariff_sha256)"
        f" SELECT {columns}, {rest}, {more}, 'another' FROM orders_order WHERE id = {order}"
    )


@pytest.mark.django_db(transaction=True)
def test_guards_that_are_gone_are_made_again() -> None:
    on = " ON orders_order" if connection.vendor == "postgresql" else ""
    connection.cursor().execute(f"DROP TRIGGER orders_frozen{on}")
    assert guards.missing() == ["orders_frozen"]
    call_command("migrate", verbosity=0)
    assert guards.missing() == []
