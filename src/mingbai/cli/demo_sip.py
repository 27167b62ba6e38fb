"""The demo's SIP proxy: its place in the town's network, and how it is brought up once the town is open."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from mingbai.cli import sip
from mingbai.cli.supervisor import Child
from mingbai.gate.hosts.sip import config
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

TOWN_HOST = sip.HOST.with_name("town.py")
_PACKAGES = sip.ROOT / "scripts" / "system-packages"
_WITHOUT = "Calls go over HTTP, as there is no SIP proxy: {why}. For calls over SIP: {mend}; then open the demo again."


def write_settings(home: Home, listen: str, redress: str) -> None:
    """sip.toml of the town: one exchange on this machine, which says by a header from which trunk a call comes."""
    from mingbai.town.firms import TRUNKS
    from mingbai.town.sip_line import TRUNK_HEADER

    lines = [
        "# Written by `mingbai demo` each time that it starts.",
        f'listen = ["{listen}"]',
        "children = 1",
        f'trunk_header = "{TRUNK_HEADER}"',
        'trunk_header_from = ["127.0.0.1"]',
        f'redress = "{redress}"',
        "[default]",
        'identity = "pai"',
    ]
    for place, trunk in enumerate(TRUNKS, 1):  # addresses for documents (RFC 5737): no call comes from there
        lines += ["[[trunk]]", f'name = "{trunk.name}"', f'sources = ["192.0.2.{place}"]']
    (home.root / config.FILE).write_text("\n".join(lines) + "\n", "utf-8")


def bring_up(home: Home, children: list[Child], say: Callable[[str], None]) -> threading.Thread:
    """Install the proxy if it is missing and may be, then give it to the supervisor; beside the town's life.

    The proxy is added to `children` and not started here: it is to end with the thread that supervises.
    """

    def work() -> None:
        try:
            _install()
            folder = sip.prepare(home, host=TOWN_HOST)
        except (Problem, OSError) as error:
            why = error.what if isinstance(error, Problem) else str(error)
            mend = (error.mend if isinstance(error, Problem) else "") or "mingbai doctor"
            say(_WITHOUT.format(why=why, mend=mend))
            return
        children.append(sip.child(folder))
        say(f"Calls go through Kamailio now: {', '.join(sip.settings_of(home).listen)}")

    thread = threading.Thread(target=work, name="demo-sip", daemon=True)
    thread.start()
    return thread


def _install() -> None:
    """Raises Problem with the command when the packages are missing and this user may not install them."""
    try:
        sip.kamailio()
    except Problem:
        if not Path(_PACKAGES).exists():
            raise
        # A session of its own: Ctrl-C must not end Debian's package manager half-way.
        done = subprocess.run(  # noqa: S603  # our own script
            [str(_PACKAGES), "sip"], stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
        )
        if done.returncode:
            raise
        sip.kamailio()
