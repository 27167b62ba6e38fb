"""The gate inside Kamailio, loaded by app_python3: an INVITE's texts in, the parts of one response out.

Routing, retransmissions, emergency numbers and the way out when this fails stay in deploy/kamailio/kamailio.cfg.
Nothing here raises: Kamailio would write the request, with the numbers in it, into its log.
"""

from __future__ import annotations

import ctypes
import sys
import threading

import KSR

from mingbai.gate.check import TICK_S
from mingbai.gate.hosts.sip import again
from mingbai.gate.hosts.sip.place import Place
from mingbai.gate.hosts.sip.pseudo import alone, get, put
from mingbai.gate.hosts.sip.worker import Worker
from mingbai.gate.meters import Meters
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import abroad

FAILED = -2  # the script goes by sip.failed_ordinary
_CRITICAL = -2  # Kamailio's L_CRIT: errors of parsing repeat the whole request, and so who calls whom
_TCP_MAIN = -4  # Kamailio's PROC_TCP_MAIN: a line for each broken connection
_YIELD_S = 0.0005  # how long a call may wait for the ticking thread to give way


# Kamailio 5.6 (Debian 12) never lets go of Python's lock between calls: another thread would run only while a call is
# being judged, and never where none comes. Its app_python3 brackets each call with PyGILState_Ensure and _Release.
# One _Release more than _Ensure as the child begins makes the outer _Release give the lock back; the thread state that
# goes with it is made anew by the next _Ensure, and one _Ensure more there keeps it. Later versions do this themselves.
_HOLDS_THE_LOCK = "5.6."
_LOCKED = 0  # PyGILState_LOCKED


class Host:
    """One of Kamailio's processes. Those that serve no SIP never open a gate."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._worker: Worker | None = None
        self._meters: Meters | None = None
        self._said = ""  # the trouble told last, so that it is told once
        self._keep_state = False
        self._place = Place(home)

    def child_init(self, rank: int) -> int:
        """Called after the fork; SIP workers have a rank above 0."""
        if rank > 0 or rank == _TCP_MAIN:
            KSR.kex.setdebug(_CRITICAL)
        if rank > 0:
            sys.setswitchinterval(_YIELD_S)
            self._meters = Meters(self._home.meters, "sip")
            self._open()
            threading.Thread(target=self._ticking, name="gate-tick", daemon=True).start()
            if str(get("$version(num)")).startswith(_HOLDS_THE_LOCK):
                ctypes.pythonapi.PyGILState_Release(_LOCKED)
                self._keep_state = True
        return 0

    def call(self, _message: object) -> int:
        """One INVITE: the response's code, or FAILED, or worker.NO_NUMBER.

        $var(reason), $var(contact) and $var(headers) are set beside a code.
        """
        self._keep()
        try:
            return self._worker.answer()  # type: ignore[union-attr]  # no gate fails as any fault does
        except Exception as error:
            if self._worker is not None:
                self._tell(f"a call was not judged: {type(error).__name__}")
            if self._meters is not None:
                self._meters.unjudged()
            return FAILED

    def repeated(self, _message: object) -> int:
        """A retransmission was answered."""
        if self._meters is not None:
            self._meters.retransmitted()
        return 1

    def unread(self, _message: object) -> int:
        """A message that Kamailio could not read: answered from here, as bytes, or not at all."""
        self._keep()
        try:
            worker = self._worker
            again.respond(None if worker is None else worker.judge_fields)
        except Exception as error:
            self._tell(f"a message that cannot be read was not answered: {type(error).__name__}")
        return 1

    def refresh(self, _message: object) -> int:
        """Once a second, in a process of its own: what sip.toml and the profile say now, for the native script."""
        try:
            for trouble in self._place.refresh():
                self._tell(trouble)
        except Exception as error:
            self._tell(str(error))
        return 1

    def _keep(self) -> None:
        if self._keep_state:
            self._keep_state = False
            ctypes.pythonapi.PyGILState_Ensure()

    def _open(self) -> None:
        try:
            self._worker = Worker(self._home, self._meters or Meters(self._home.meters, "sip"), get, put, alone)
        except Exception as error:
            self._tell(f"the gate cannot open: {error}")

    def _ticking(self) -> None:
        """For as long as the process lives: open the gate if that failed, close journal segments, take up changes."""
        wait = threading.Event()
        while not wait.wait(TICK_S):
            if self._worker is None:
                self._open()
                continue
            try:
                self._worker.tick()
            except Exception as error:
                self._tell(str(error))

    def _tell(self, trouble: str) -> None:
        """Say it once, on Kamailio's standard error, which systemd keeps."""
        if trouble != self._said:
            self._said = trouble
            print(f"mingbai: {trouble}", file=sys.stderr, flush=True)  # noqa: T201


def mod_init() -> Host:
    """Called once before the fork: what is loaded here is shared by all workers."""
    abroad.ready()
    return Host(Home.from_environment())
