"""The triggers that let no order in but of a published version, and let nobody change what was offered.

They are made by migration 0002, and again after every `migrate`: on SQLite a migration that alters a table makes it
anew, and the triggers of the former one go with it; and it cannot rename a table that a trigger of another one reads.
So there they are taken away before such a migration and made again behind it, in the same command.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.db import connections, transaction

NAMES = ("orders_published", "orders_frozen")
_READ = ("orders", "tariffs")  # the rooms whose tables the triggers stand on or read


def missing(using: str = "default") -> list[str]:
    """Which of the triggers are not in the database."""
    wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connections[using].vendor == "postgresql":
        wanted = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'orders_order'::regclass"
    with connections[using].cursor() as cursor:
        cursor.execute(wanted)
        there = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES if name not in there]


def before(*, using: str, plan: Sequence[Any], **_more: object) -> None:
    """Before `migrate`: out of the way of a migration that makes one of the tables anew."""
    if connections[using].vendor == "sqlite" and any(one.app_label in _READ for one, _backwards in plan):
        with connections[using].cursor() as cursor:
            for name in NAMES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def after(*, using: str, **_more: object) -> None:
    """Behind `migrate`: whatever is missing is made."""
    wrapper = connections[using]
    if "orders_order" not in wrapper.introspection.table_names():
        return
    made = import_module("mingbai.orders.migrations.0002_published_and_frozen")
    gone = missing(using)
    with transaction.atomic(using=using), wrapper.cursor() as cursor:
        for statement in made.POSTGRESQL if wrapper.vendor == "postgresql" else made.SQLITE:
            if any(statement.startswith(f"CREATE TRIGGER {name} ") for name in gone):
                cursor.execute(statement)
