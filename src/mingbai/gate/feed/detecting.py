"""Detection of an installation, run by `mingbai run` as `python -m mingbai.gate.feed.detecting`.

Two processes. The first follows the calls as they happen, and opens the cases that rules may open. The second, its
child, goes through whole days and tries rule sets on past ones, which takes minutes and nobody waits for.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

from mingbai.gate.feed.work import Child, Loop, Step, outlived, say
from mingbai.kernel import clock
from mingbai.kernel.home import Home

_DAYS = "days"
_CASES_S = 1.0


def live(home: Home) -> list[Step]:
    """What a call of this moment waits for: from the record to the case."""
    from mingbai.detection import actions
    from mingbai.detection.hourly import Live, pause_s

    following = Live(home)

    def batch() -> None:
        began = clock.monotonic()
        following.step()
        hour.every = pause_s(clock.monotonic() - began, behind=following.behind)

    hour = Step("detection.hour", 0.0, batch)
    return [
        hour,
        Step("detection.cases", _CASES_S, actions.to_cases_by_rule),
        Step("detection.forget", 3600.0, actions.forget_positions),
    ]


def days(home: Home) -> list[Step]:
    """What may take minutes."""
    from mingbai.detection import daily

    return [
        Step("detection.shadow", 2.0, lambda: daily.shadow_due(home)),
        Step("detection.day", 60.0, lambda: daily.day_due(home)),
    ]


def main(arguments: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")
    import django

    django.setup()
    home, stop, parent = Home.from_environment(), threading.Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if list(arguments) == [_DAYS]:
        os.nice(10)
        Loop(
            [Step("work.parent", 1.0, lambda: outlived(parent, stop)), *days(home)], stop, idle=(0.5, 0.5), say=say
        ).run()
        return
    os.nice(5)
    second = Child("mingbai.gate.feed.detecting", _DAYS)
    try:
        Loop([*live(home), Step("work.days", 1.0, second.look_after)], stop, idle=(0.1, 0.1), say=say).run()
    finally:
        second.end()


if __name__ == "__main__":
    main(sys.argv[1:])
