"""The one path of a call through the gate: parse, gather, count, decide, journal. Every host goes it.

Only an attempt is counted and journalled; an ask tells what an attempt would get now.
"""

from __future__ import annotations

import threading
from datetime import datetime
from struct import error as StructError
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from mingbai.gate.counters import API_KEY, HOLDER, NUMBER, PRINCIPAL, ROWS, Counters, key_of
from mingbai.gate.decide import NO_COUNTS, Call, Counts, Verdict, judge, policy_of, unrecorded, use_of
from mingbai.gate.facts import NO_LIMITS, Gathered, NumberFacts, Reader
from mingbai.gate.journal import NO_PURPOSE, Writer
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile, load
from mingbai.kernel.terms import USES, Use

TICK_S: Final = 1.0
AT_SLACK_US: Final = 300_000_000  # how far from now an attempt may say that it was made
_PERSONAL: Final = USES.index(Use.PERSONAL)
_MINUTE_US: Final = 60_000_000
_END: Final = 253_370_764_800 // 60  # 9999-01-01 in minutes: what lies beyond has no local time in some zone
_ATTEMPT: Final = 0
_make: Final = tuple.__new__  # makes a named tuple without going through its Python-level constructor: half the time
_MOST_MS: Final = (1 << 32) - 1
_MOST_S: Final = 4_000_000  # above it, age_ms says its most
UNNAMED: Final = "?"  # the trunk of an attempt that names none: no trunk is called so
_NUMBER: Final = NUMBER << 60  # key_of, where it is asked thrice a call
_HOLDER: Final = HOLDER << 60
_PRINCIPAL: Final = PRINCIPAL << 60


class Answer(NamedTuple):
    """A verdict with what it was made from. `receipt` is empty for an ask, and where the journal could not be written.

    `facts_at`: µs since the epoch when the facts were last known to be complete, 0 never.
    """

    verdict: Verdict
    call: Call
    receipt: str
    facts_at: int


class Asker:
    """Asks and leaves no trace: a window on the facts, and the counters if there are any.

    Safe for threads. Made in the process that uses it, after any fork.
    """

    _serves = False

    def __init__(self, home: Home, profile: Profile | None = None) -> None:
        self.home = home
        self._stamp = _stamp_of(home)
        self.profile = profile or load(home)
        self.policy = policy_of(self.profile)
        self.zone = ZoneInfo(self.profile.gate.timezone)
        self._local = -1, 0  # a minute since the epoch and its local minute: one object, so that threads never mix two
        self.reader = Reader(home.facts, Lookup(home.key("lookup")), resident=self._serves)
        self.counters = Counters(home.counters, rows=self._rows_wanted())
        self._lock = threading.Lock()

    def question(
        self,
        caller: Msisdn,
        callee: Msisdn,
        trunk: str = "",
        at: int = 0,
        purpose: int | None = None,
        verstat: str = "",
    ) -> Call:
        """A call as the rules want it; `at` µs since the epoch, 0 for now. Raises Problem before 1970, after 9998."""
        at = at or clock.now_us()
        minute = at // _MINUTE_US
        known = self._local
        if minute != known[0]:
            known = self._local = minute, self._minute_of_day(minute)
        return _make(Call, (caller, callee, trunk, at, known[1], purpose, verstat))

    def ask(self, call: Call) -> Answer:
        """What an attempt would get now. Leaves no trace."""
        gathered = self.reader.gather(call, clock.now_us())
        counts = NO_COUNTS
        number = gathered.number
        if number is not None and number.use != _PERSONAL:
            with self._lock:
                counts = self._foreseen(gathered, number, call.at)
        elif gathered.mark is not None and gathered.mark.limits is not NO_LIMITS:
            with self._lock:
                minute, hour, day = self.counters.windows(_NUMBER | gathered.calling, call.at)
            counts = Counts((minute + 1, hour + 1, day + 1))
        use = use_of(call, gathered, self.policy)
        return Answer(judge(call, gathered, self.policy, use, counts), call, "", gathered.synced_at)

    def _foreseen(self, gathered: Gathered, number: NumberFacts, at: int) -> Counts:
        """The counts that an attempt would be judged by."""
        ids = (_NUMBER | gathered.calling, _HOLDER | number.holder, _PRINCIPAL | gathered.principal)
        return Counts(*((m + 1, h + 1, d + 1) for m, h, d in (self.counters.windows(key, at) for key in ids)))

    def close(self) -> None:
        """Give the counters' lane back, let the facts go."""
        self.counters.close()
        self.reader.close()

    def _minute_of_day(self, minute: int) -> int:
        """The local minute of the day in a minute since the epoch. Raises Problem before 1970 and after 9998."""
        if not 0 <= minute < _END:
            raise Problem("gate.time", "no call is made then", where="$.at", mend="a time from 1970 to 9998")
        local = datetime.fromtimestamp(minute * 60, self.zone)
        return local.hour * 60 + local.minute

    def _rows_wanted(self) -> int:
        """Room in the counters for half as many keys again as there are numbers now."""
        try:
            return max(ROWS, int(self.reader.info()["numbers"]) * 3 // 2)
        except Problem:
            return ROWS


class Gate(Asker):
    """A worker's gate: what an Asker has, and a journal segment of its own.

    `run_ticks` starts a thread for what must happen while no call comes; a host with a timer of its own calls `tick`
    once a second instead.
    """

    _serves = True

    def __init__(self, home: Home, profile: Profile | None = None) -> None:
        super().__init__(home, profile)
        self._watch = profile is None
        self.profile_trouble = ""
        gate = self.profile.gate
        self.journal = Writer(home.journal, capacity=gate.journal_buffer, seconds=gate.journal_segment_seconds)
        self._lock = self.journal.lock
        self.slack_us = AT_SLACK_US
        self.unjournalled = 0  # attempts answered while the journal could not be written
        self._stop = threading.Event()

    def attempt(self, call: Call) -> Answer:
        """The verdict on a call that is being made: counted and journalled.

        Raises Problem when the call claims a time that is not the present.
        """
        now = clock.now_us()
        at = call.at
        if not now - self.slack_us <= at <= now + self.slack_us:
            raise Problem(
                "gate.not_now", "an attempt is made now", where="$.at", mend="leave `at` out, or ask with mode “ask”"
            )
        gathered = self.reader.gather(call, now)
        policy = self.policy
        number = gathered.number
        if number is not None and not call.trunk and (number.trunks or call.caller.kind in policy.spoof_kinds):
            call = call._replace(trunk=UNNAMED)  # an asker may not know; who carries a call does: silence is no way in
        use = use_of(call, gathered, policy)
        with self._lock:
            counts = NO_COUNTS
            if number is not None and number.use != _PERSONAL:
                counts = self._count(gathered, number, at)
            elif gathered.mark is not None and gathered.mark.limits is not NO_LIMITS:
                self.counters.count(_NUMBER | gathered.calling, at)
                counts = Counts(self.counters.windows(_NUMBER | gathered.calling, at))
            verdict = judge(call, gathered, policy, use, counts)
            receipt = self._record(call, gathered, use, verdict)
        if not receipt:
            verdict = unrecorded(verdict, call, policy, use)
        return _make(Answer, (verdict, call, receipt, gathered.synced_at))

    def _count(self, gathered: Gathered, number: NumberFacts, at: int) -> Counts:
        """Count an attempt for number, holder and principal; of the last two is summed what some limit is set for."""
        _, _, principal, firm, organisation, _, _, _, _, _, _, calling, _, _ = gathered
        counters, holder = self.counters, number.holder
        of_number = counters.attempt(_NUMBER | calling, _HOLDER | holder, _PRINCIPAL | principal, at)
        of_holder = of_principal = NO_LIMITS
        if organisation is not None and (
            organisation.limits is not NO_LIMITS or organisation.as_holder.limits is not NO_LIMITS
        ):
            of_holder = counters.windows(_HOLDER | holder, at)
        if firm is not None and (firm.limits is not NO_LIMITS or firm.as_principal.limits is not NO_LIMITS):
            of_principal = counters.windows(_PRINCIPAL | principal, at)
        return _make(Counts, (of_number, of_holder, of_principal))

    def count_asks(self, digest: bytes, how_many: int = 1) -> int:
        """Count asks of an API key (its SHA-256), over all processes. Returns 0, or seconds to wait when too many."""
        now = clock.now_us()
        key = key_of(API_KEY, int.from_bytes(digest[:8], "big") >> 4)
        with self._lock:  # counted before it is judged, so that two processes cannot both take the last one
            self.counters.count(key, now, how_many)
            if self.counters.windows(key, now)[0] <= self.profile.gate.ask_per_minute:
                return 0
            self.counters.count(key, now, -how_many)
        return 60 - now // 1_000_000 % 60

    def tick(self) -> None:
        """Once a second: close old journal segments, copy counts to the disk, take up a changed profile."""
        self.journal.tick()
        self.counters.sync()
        if not self._watch or (stamp := _stamp_of(self.home)) == self._stamp:
            return
        self._stamp = stamp
        try:
            self.profile = load(self.home)
            self.policy = policy_of(self.profile)
            self.zone, self._local = ZoneInfo(self.profile.gate.timezone), (-1, 0)
            self.profile_trouble = ""
        except (Problem, OSError) as error:  # the profile in force stays in force
            self.profile_trouble = str(error)

    def run_ticks(self) -> None:
        """Tick from a thread of its own until `close`."""
        threading.Thread(target=self._ticking, name="gate-tick", daemon=True).start()

    def close(self) -> None:
        """Close the journal segment too."""
        self._stop.set()
        self.journal.close()
        super().close()

    def _ticking(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                self.tick()
            except OSError as error:  # a full disk: calls go on, and the next second tries again
                self.profile_trouble = error.strerror or "disk"

    def _record(self, call: Call, gathered: Gathered, use: int, verdict: Verdict) -> str:
        """One journal record; its receipt's id, empty when it could not be written."""
        (_, caller_kind), (_, callee_kind), _, at, _, purpose, _ = call
        number, _, principal, _, _, trunk, position, _, age_s, missing, resource, calling, called, _ = gathered
        decision, code, _, _, _, _, (sip, _), consent = verdict
        journal = self.journal
        try:
            row = journal.append(
                (
                    at,
                    calling,
                    called,
                    consent,
                    position,
                    0 if trunk is None else trunk.trunk,
                    resource,
                    0 if number is None else number.holder,
                    principal,
                    0 if missing or age_s <= 0 else int(age_s * 1000) if age_s < _MOST_S else _MOST_MS,
                    code,
                    sip,
                    NO_PURPOSE if purpose is None else purpose,
                    use,
                    _ATTEMPT,
                    decision,
                    caller_kind,
                    callee_kind,
                )
            )
        except (OSError, StructError):
            self.unjournalled += 1
            return ""
        return f"{journal.segment}-{row}"


def _stamp_of(home: Home) -> tuple[int, int, int]:
    try:
        found = home.profile.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
