"""A SIP worker: from an INVITE's texts to the parts of its response. Inside Kamailio `hosts.kamailio` calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from mingbai.gate.check import Gate
from mingbai.gate.hosts.sip import reading
from mingbai.gate.hosts.sip.answers import Reply, over_tls, reply
from mingbai.gate.hosts.sip.config import Config, Trunk, load, stamp
from mingbai.gate.hosts.sip.reading import ABSENT, ALL_ASSERTED, ASSERTED, caller_of, fields_of, number_of
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn.parsing import MALFORMED
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile

NO_NUMBER: Final = -3  # the Request-URI names no telephone number


class Settings(NamedTuple):
    """What one call goes by, all of it taken up at once. `trunk`: the only one, None where there is a choice."""

    profile: Profile
    config: Config
    trunk: Trunk | None
    each: tuple[str, ...]
    asked: str


class Worker:
    """A SIP worker's gate, and how its trunks are answered."""

    def __init__(
        self,
        home: Home,
        meters: Meters,
        get: Callable[[str], str | None],
        put: Callable[[str, str], object],
        alone: Callable[[str], str],
    ) -> None:
        """`get`, `put`, `alone`: as in `pseudo`, which can be had inside Kamailio alone."""
        self._home, self._meters = home, meters
        self._get, self._put, self._alone = get, put, alone
        self.gate = Gate(home)
        self._stamp = stamp(home)
        self.settings = _settings(self.gate.profile, load(home, self.gate.profile))

    def answer(self) -> int:
        """One INVITE: the response's code, or NO_NUMBER; may raise.

        $var(reason), $var(contact) and $var(headers) are set beside a code.
        """
        began = clock.monotonic_ns()
        settings = self.settings
        text: str | None
        try:
            text = self._get(settings.asked)
        except UnicodeDecodeError:
            text = None
        alone = self._alone
        fields = [alone(name) for name in settings.each] if text is None else fields_of(text)
        said = self.judge(settings, fields, alone, began)
        if said is None:
            return NO_NUMBER
        code, reason, contact, headers = said
        put = self._put
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
