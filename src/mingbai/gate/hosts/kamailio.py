"""The gate inside Kamailio, loaded by app_python3: an INVITE's texts in, the parts of one response out.

Routing, retransmissions, emergency numbers and the way out when this fails stay in deploy/kamailio/kamailio.cfg.
Nothing here raises: Kamailio would write the request, with the numbers in it, into its log.
"""

from __future__ import annotations

import ctypes
import sys
import threading

import KSR

from mingbai.gate.check import TICK_S, Gate
from mingbai.gate.hosts.sip import reading
from mingbai.gate.hosts.sip.answers import reply
from mingbai.gate.hosts.sip.config import Config, load
from mingbai.gate.hosts.sip.reading import ABSENT, caller_of, fields_of, number_of
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import abroad
from mingbai.kernel.msisdn.parsing import MALFORMED

FAILED = -2  # the script goes by sip.failed_ordinary
NO_NUMBER = -3  # the Request-URI names no telephone number
_CRITICAL = -2  # Kamailio's L_CRIT: errors of parsing repeat the whole request, and so who calls whom
_ASSERTED, _ALL_ASSERTED = "$hdr(P-Asserted-Identity)", "$(hdr(P-Asserted-Identity)[*])"
_TCP_MAIN = -4  # Kamailio's PROC_TCP_MAIN: a line for each broken connection
_YIELD_S = 0.0005  # how long a call may wait for the ticking thread to give way
_get, _set = KSR.pv.get, KSR.pv.sets


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

    def child_init(self, rank: int) -> int:
        """Called after the fork; SIP workers have a rank above 0."""
        if rank > 0 or rank == _TCP_MAIN:
            KSR.kex.setdebug(_CRITICAL)
        if rank > 0:
            sys.setswitchinterval(_YIELD_S)
            self._meters = Meters(self._home.meters, "sip")
            self._open()
            threading.Thread(target=self._ticking, name="gate-tick", daemon=True).start()
            if str(_get("$version(num)")).startswith(_HOLDS_THE_LOCK):
                ctypes.pythonapi.PyGILState_Release(_LOCKED)
                self._keep_state = True
        return 0

    def call(self, _message: object) -> int:
        """One INVITE: the response's code, or FAILED, or NO_NUMBER.

        $var(reason), $var(contact) and $var(headers) are set beside a code.
        """
        if self._keep_state:
            self._keep_state = False
            ctypes.pythonapi.PyGILState_Ensure()
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

    def _open(self) -> None:
        try:
            self._worker = Worker(self._home, self._meters or Meters(self._home.meters, "sip"))
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


class Worker:
    """A SIP worker's gate, and how its trunks are answered."""

    def __init__(self, home: Home, meters: Meters) -> None:
        self._home, self._meters = home, meters
        self.gate = Gate(home)
        self._configure()

    def _configure(self) -> None:
        self._profile = self.gate.profile
        config: Config = load(self._home, self._profile)
        self._config = config
        self._trunk = None if config.trunks else config.default  # where there is no choice
        self._styles = self._profile.sip.styles
        self._each = reading.variables(config.trunk_header)
        self._asked = f"$_s({reading.SEPARATOR.join(self._each)})"

    def answer(self) -> int:
        """As Host.call; may raise."""
        began = clock.monotonic_ns()
        try:
            text = _get(self._asked)
        except UnicodeDecodeError:
            text = None
        fields = [_alone(name) for name in self._each] if text is None else fields_of(text)
        ip, port, uri, from_uri, asserted, purpose, features, named = fields
        callee, user = number_of(uri)
        if not callee[0]:
            return NO_NUMBER
        trunk = self._trunk
        if trunk is None:
            trunk = self._config.trunk_of(ip, int(port), "" if named == ABSENT else named)
        identity = trunk.identity
        if asserted == ABSENT and identity != "from" and _alone(_ASSERTED) != ABSENT:
            asserted = ""  # it is there and Kamailio cannot read it: From would be a way around it
        caller, dialled, verstat = caller_of(from_uri, asserted, identity)
        if caller == MALFORMED and asserted != ABSENT and identity != "from":
            asserted = reading.telephone_of(_alone(_ALL_ASSERTED))
            caller, dialled, verstat = caller_of(from_uri, asserted, identity)
        declared = None if purpose == ABSENT else reading.purpose_of(purpose)
        gate = self.gate
        said = gate.attempt(gate.question(caller, callee, trunk.name, 0, declared, verstat))
        code, reason, contact, headers = reply(
            said, user, trunk, self._config, self._styles, has_608="+sip.608" in features, caller=dialled
        )
        _set("$var(reason)", reason)
        _set("$var(contact)", contact)
        _set("$var(headers)", headers)
        self._meters.count(said[0][1], code, clock.monotonic_ns() - began)
        if not said[2]:
            self._meters.unjournalled()
        return code

    def tick(self) -> None:
        """Once a second, beside the calls."""
        gate = self.gate
        gate.tick()
        if gate.profile is not self._profile:
            self._configure()


def _alone(name: str) -> str:
    """One pseudo-variable. Kamailio formats no more than 8 KiB at once, so that one long header would hide all others.

    What is no UTF-8 has its bytes replaced; what is that and too long even so is there and says nothing.
    """
    if name == ABSENT:
        return ABSENT
    try:
        text = _get(name)
    except UnicodeDecodeError:
        digits = _get(f"$({name[1:]}{{s.encode.hexa}})")
        return bytes.fromhex(digits).decode("utf-8", "replace") if digits else ""
    return ABSENT if text is None else str(text)


def mod_init() -> Host:
    """Called once before the fork: what is loaded here is shared by all workers."""
    abroad.ready()
    return Host(Home.from_environment())
