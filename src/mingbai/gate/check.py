"""The one path of a call through the gate: parse, gather, count, decide, journal. Every host goes it.

Only an attempt is counted and journalled; an ask tells what an attempt would get now.
"""

from __future__ import annotations

import threading
from datetime import datetime
from struct import error as StructError
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mingbai.gate.counters import API_KEY, HOLDER, NUMBER, PRINCIPAL, ROWS, Counters, key_of
from mingbai.gate.decide import NO_COUNTS, Call, Counts, Policy, Verdict, judge, policy_of, use_of
from mingbai.gate.facts import NO_LIMITS, Gathered, NumberFacts, Reader
from mingbai.gate.journal import NO_PURPOSE, Writer
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile, load
from mingbai.kernel.terms import USES, Use

TICK_S = 1.0
AT_SLACK_US = 300_000_000  # how far from now an attempt may say that it was made
_PERSONAL = USES.index(Use.PERSONAL)
_QUARTER_S = 900  # no time zone changes its offset but at quarters of an hour
_END_US = 253_370_764_800_000_000  # 9999-01-01: what lies beyond has no local time in some zone
_ATTEMPT = 0
_make = tuple.__new__  # makes a named tuple without going through its Python-level constructor: half the time
_MOST_MS = (1 << 32) - 1
UNNAMED = "?"  # the trunk of an attempt that names none: no trunk is called so
_NUMBER, _HOLDER, _PRINCIPAL = key_of(NUMBER, 0), key_of(HOLDER, 0), key_of(PRINCIPAL, 0)

Keys = tuple[int, int, int]  # in the counters: of the number, its holder, its principal


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

    def __init__(self, home: Home, profile: Profile | None = None) -> None:
        self.home = home
        self._stamp = _stamp_of(home)
        self.profile = profile or load(home)
        self.policy = policy_of(self.profile)
        self.zone = ZoneInfo(self.profile.gate.timezone)
        self._local = -1, 0  # a quarter of an hour and its offset: one object, so that threads never mix two
        self.reader = Reader(home.facts, Lookup(home.key("lookup")))
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
        if not 0 < at < _END_US:
            raise Problem("gate.time", "no call is made then", where="$.at", mend="a time from 1970 to 9998")
        quarter, second = divmod(at // 1_000_000, _QUARTER_S)
        known = self._local
        if quarter != known[0]:
            known = self._local = quarter, self._offset_at(quarter)
        minute = (known[1] + second) // 60 % 1440
        return _make(Call, (caller, callee, trunk, at, minute, purpose, verstat))

    def ask(self, call: Call) -> Answer:
        """What an attempt would get now. Leaves no trace."""
        gathered = self.reader.gather(call, clock.now_us())
        counts = NO_COUNTS
        number = gathered.number
        if number is not None and number.use != _PERSONAL:
            with self._lock:
                keys = _keys(call, gathered, number)
                counts = self._counts(keys, gathered, number, self.policy, call.at, more=1)
        use = use_of(call, gathered, self.policy)
        return Answer(judge(call, gathered, self.policy, use, counts), call, "", gathered.synced_at)

    def _counts(
        self, keys: Keys, gathered: Gathered, number: NumberFacts, policy: Policy, at: int, *, more: int = 0
    ) -> Counts:
        """The counts that some limit is set for, each with `more` added; nothing is summed for the others."""
        windows = self.counters.windows
        holder, principal = gathered.holder_org, gathered.principal_org
        counts = NO_COUNTS
        if number.limits is not NO_LIMITS or policy.limits != NO_LIMITS:
            counts = _make(Counts, (windows(keys[0], at), NO_LIMITS, NO_LIMITS))
        if holder is not None and holder.limits is not NO_LIMITS:
            counts = counts._replace(holder=windows(keys[1], at))
        if principal is not None and principal.limits is not NO_LIMITS:
            counts = counts._replace(principal=windows(keys[2], at))
        return Counts(*((m + more, h + more, d + more) for m, h, d in counts)) if more else counts

    def close(self) -> None:
        """Give the counters' lane back, let the facts go."""
        self.counters.close()
        self.reader.close()

    def _offset_at(self, quarter: int) -> int:
        """Seconds of the local day at the beginning of a quarter of an hour since the epoch."""
        local = datetime.fromtimestamp(quarter * _QUARTER_S, self.zone)
        return local.hour * 3600 + local.minute * 60

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

    def __init__(self, home: Home, profile: Profile | None = None) -> None:
        super().__init__(home, profile)
        self._watch = profile is None
        self.profile_trouble = ""
        gate = self.profile.gate
        self.journal = Writer(home.journal, capacity=gate.journal_buffer, seconds=gate.journal_segment_seconds)
        self._lock = self.journal.lock
        self.unjournalled = 0  # attempts answered while the journal could not be written
        self._stop = threading.Event()

    def attempt(self, call: Call) -> Answer:
        """The verdict on a call that is being made: counted and journalled.

        Raises Problem when the call claims a time that is not the present.
        """
        now = clock.now_us()
        if abs(call.at - now) > AT_SLACK_US:
            raise Problem(
                "gate.not_now",
                "an attempt is made now",
                where="$.at",
                mend="leave `at` out, or ask with mode “ask”",
            )
        gathered = self.reader.gather(call, now)
        policy = self.policy
        number = gathered.number
        if not call.trunk and number is not None and (number.trunks or call.caller.kind in policy.spoof_kinds):
            call = call._replace(
                trunk=UNNAMED
            )  # an asker may not know; who carries a call does, and silence is no way in
        with self._lock:
            counts = NO_COUNTS
            if number is not None and number.use != _PERSONAL:
                keys = _keys(call, gathered, number)
                self.counters.count(keys, call.at)
                counts = self._counts(keys, gathered, number, policy, call.at)
            use = use_of(call, gathered, policy)
            verdict = judge(call, gathered, policy, use, counts)
            receipt = self._record(call, gathered, use, verdict)
        return _make(Answer, (verdict, call, receipt, gathered.synced_at))

    def count_asks(self, digest: bytes, how_many: int = 1) -> int:
        """Count asks of an API key (its SHA-256), over all processes. Returns 0, or seconds to wait when too many."""
        now = clock.now_us()
        key = key_of(API_KEY, int.from_bytes(digest[:8], "big") >> 4)
        with self._lock:  # counted before it is judged, so that two processes cannot both take the last one
            self.counters.count((key,), now, by=how_many)
            if self.counters.windows(key, now)[0] <= self.profile.gate.ask_per_minute:
                return 0
            self.counters.count((key,), now, by=-how_many)
        return 60 - now // 1_000_000 % 60

    def tick(self) -> None:
        """Once a second: close old journal segments, take up a changed profile."""
        self.journal.tick()
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
        (caller, caller_kind), (callee, callee_kind), _, at, _, purpose, _ = call
        number, _, principal, _, _, trunk, position, _, age_s, missing = gathered
        resource, holder = (0, 0) if number is None else number[:2]
        journal = self.journal
        try:
            row = journal.append(
                (
                    at,
                    int(caller or 0),
                    int(callee or 0),
                    verdict.consent,
                    position,
                    0 if trunk is None else trunk.trunk,
                    resource,
                    holder,
                    principal,
                    0 if missing else min(max(int(age_s * 1000), 0), _MOST_MS),
                    verdict.code,
                    verdict.sip.code,
                    NO_PURPOSE if purpose is None else purpose,
                    use,
                    _ATTEMPT,
                    verdict.decision,
                    caller_kind,
                    callee_kind,
                )
            )
        except (OSError, StructError):
            self.unjournalled += 1
            return ""
        return f"{journal.segment}-{row}"


def _keys(call: Call, gathered: Gathered, number: NumberFacts) -> Keys:
    return (
        _NUMBER | int(call.caller.digits),
        _HOLDER | number.holder,
        _PRINCIPAL | gathered.principal,
    )


def _stamp_of(home: Home) -> tuple[int, int, int]:
    try:
        found = home.profile.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
