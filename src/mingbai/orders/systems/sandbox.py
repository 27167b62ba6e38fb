"""An operator's system for machines that have none: it does everything, each key once, and keeps a record of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from mingbai.kernel import clock
from mingbai.orders import sql
from mingbai.orders.systems import Answer, Task

_DO = 'INSERT INTO orders_sandboxed (key, act, "order", at) VALUES (%s, %s, %s, %s) ON CONFLICT (key) DO NOTHING'


class Sandbox:
    """Answers “done” to everything."""

    at_once = 200

    def __call__(self, tasks: Sequence[Task]) -> list[Answer]:
        at = sql.moment(clock.now())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_DO, [(task.key, task.act, task.order, at) for task in tasks])
        return [Answer(done=True) for _ in tasks]
