"""The gate inside Kamailio, loaded by app_python3: an INVITE's texts in, the parts of one response out.

Routing, retransmissions, emergency numbers and the way out when this fails stay in deploy/kamailio/kamailio.cfg.
Nothing here raises: Kamailio would write the request, with the numbers in it, into its log.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import NamedTuple

import KSR

from mingbai.gate.check import TICK_S, Gate
from mingbai.gate.hosts.sip import again, reading
from mingbai.gate.hosts.sip.answers import Reply, over_tls, reply
from mingbai.gate.hosts.sip.config import Config, Trunk, load, stamp
from mingbai.gate.hosts.sip.place import Place
from mingbai.gate.hosts.sip.pseudo import ALL_ASSERTED, ASSERTED, alone, get, put
from mingbai.gate.hosts.sip.reading import ABSENT, caller_of, fields_of, number_of
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import abroad
from mingbai.kernel.msisdn.parsing import MALFORMED
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile

FAILED = -2  # the script goes by sip.failed_ordinary
NO_NUMBER = -3  # the Request-URI names no telephone number
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
        """One INVITE: the response's code, or FAILED, or NO_NUMBER.

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


class Settings(NamedTuple):
    """What one call goes by, all of it taken up at once. `trunk`: the only one, None where there is a choice."""

    profile: Profile
    config: Config
    trunk: Trunk | None
    each: tuple[str, ...]
    asked: str


class Worker:
    """A SIP worker's gate, and how its trunks are answered."""

    def __init__(self, home: Home, meters: Meters) -> None:
        self._home, self._meters = home, meters
        self.gate = Gate(home)
        self._stamp = stamp(home)
        self.settings = _settings(self.gate.profile, load(home, self.gate.profile))

    def answer(self) -> int:
        """As Host.call; may raise."""
        began = clock.monotonic_ns()
        settings = self.settings
        try:
            text = get(settings.asked)
        except UnicodeDecodeError:
            text = None
        fields = [alone(name) for name in settings.each] if text is None else fields_of(text)
        said = self.judge(settings, fields, alone, began)
        if said is None:
            return NO_NUMBER
        code, reason, contact, headers = said
        put("$var(reason)", reason)
        put("$var(contact)", contact)
        put("$var(headers)", headers)
        return code

    def judge_fields(self, fields: Callable[[str], list[str]], text_of: Callable[[str], str]) -> Reply | None:
        """As `judge`; `fields` is told the header that may name the trunk."""
        settings = self.settings
        return self.judge(settings, fields(settings.config.trunk_header), text_of, clock.monotonic_ns())

    def judge(self, settings: Settings, fields: list[str], text_of: Callable[[str], str], began: int) -> Reply | None:
        """The response to a call, None where its Request-URI names no number; may raise.

        `fields` as `reading.fields_of`; `text_of` gives the texts of ASSERTED and ALL_ASSERTED; `began` as
        clock.monotonic_ns has it.
        """
        ip, port, uri, from_uri, asserted, purpose, features, named = fields
        callee, user = number_of(uri)
        if not callee[0]:
            return None
        config = settings.config
        trunk = settings.trunk
        if trunk is None:
            trunk = config.trunk_of(ip, int(port), "" if named == ABSENT else named)
        identity = trunk.identity
        if asserted == ABSENT and identity != "from" and text_of(ASSERTED) != ABSENT:
            asserted = ""  # it is there and Kamailio cannot read it: From would be a way around it
        caller, dialled, verstat = caller_of(from_uri, asserted, identity)
        if caller == MALFORMED and asserted != ABSENT and identity != "from":
            asserted = reading.telephone_of(text_of(ALL_ASSERTED))
            caller, dialled, verstat = caller_of(from_uri, asserted, identity)
        declared = None if purpose == ABSENT else reading.purpose_of(purpose)
        has_608 = features != ABSENT and reading.knows_608(features)
        secure = reading.is_secure(uri)
        if secure and trunk.announcement[:5].lower() != "sips:":
            has_608 = True  # an announcement that the call must not be led to is none
        gate = self.gate
        said = gate.attempt(gate.question(caller, callee, trunk.name, 0, declared, verstat))
        made = reply(said, user, trunk, config, settings.profile.sip.styles, has_608=has_608, caller=dialled)
        if secure:
            made = over_tls(made, trunk)
        self._meters.count(said[0][1], made[0], clock.monotonic_ns() - began)
        if not said[2]:
            self._meters.unjournalled()
        return made

    def tick(self) -> None:
        """Once a second, beside the calls. What sip.toml says stays as it was where it cannot be read any more."""
        gate, before = self.gate, self.settings
        gate.tick()
        now = stamp(self._home)
        if gate.profile is before.profile and now == self._stamp:
            return
        self._stamp = now
        try:
            config = load(self._home, gate.profile)
        except (Problem, OSError):  # Host.refresh tells it, once for all workers
            config = before.config
        self.settings = _settings(gate.profile, config)


def _settings(profile: Profile, config: Config) -> Settings:
    each = reading.variables(config.trunk_header)
    return Settings(
        profile, config, None if config.trunks else config.default, each, f"$_s({reading.SEPARATOR.join(each)})"
    )


def mod_init() -> Host:
    """Called once before the fork: what is loaded here is shared by all workers."""
    abroad.ready()
    return Host(Home.from_environment())
