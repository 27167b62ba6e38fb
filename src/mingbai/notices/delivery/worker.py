"""The process that messages leave by: `python -m mingbai.notices.delivery.worker`, run by `mingbai run` when there is a
messages.toml. One loop for all links, and for each a thread that writes into the database.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from mingbai.kernel.home import Home
from mingbai.notices.delivery.waiting import pause


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the supervisor's log


def main(arguments: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")
    import django

    django.setup()
    asyncio.run(_run(Home.from_environment()))


async def _run(home: Home) -> None:
    from mingbai.notices.delivery import config
    from mingbai.notices.delivery.carriers import carrier

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    found = config.load(home)
    carriers = [carrier(link, home, first=link.name == found.first, say=_say) for link in found.links]
    parent = os.getppid()
    async with asyncio.TaskGroup() as group:
        for one in carriers:
            group.create_task(one.run(stop))
        group.create_task(_outlived(parent, stop))


async def _outlived(parent: int, stop: asyncio.Event) -> None:
    """Stop when whoever started us is gone, however it went."""
    while not stop.is_set() and os.getppid() == parent:
        await pause(stop, 1.0)
    stop.set()


if __name__ == "__main__":
    main(sys.argv[1:])
