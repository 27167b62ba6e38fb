"""What the native script of the proxy must know without asking Python, written for it: MINGBAI_HOME/sip/local.cfg.

Where to listen, how many workers, where a call goes on to from each trunk, which called numbers are never kept from a
caller, and what happens when the gate fails. Kamailio reads it at its start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mingbai.gate.decide import policy_of
from mingbai.gate.hosts.sip.config import Config, Trunk
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.msisdn.table import AREA_2, AREA_3, EMERGENCY, PUBLIC_EXACT, SHORT_PREFIX
from mingbai.kernel.profile import Profile, Style

FOLDER, NAME = "sip", "local.cfg"
_ABROAD = r"(\+?86|0086)"
_HOSTPORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?")


def always_pass(profile: Profile) -> str:
    """A POSIX regular expression of the called numbers that always pass, as they are dialled in digits.

    It takes what `kernel.msisdn.parse` finds to be of a kind in `gate.always_pass_kinds`, and nothing else; a test
    holds the two together. Other spellings (+86-110) reach the gate, which passes them too.
    """
    short, longer = sorted(EMERGENCY), []
    if Kind.PUBLIC_INTEREST in policy_of(profile).always_pass:
        short += sorted(PUBLIC_EXACT)
        for prefix, (kind, least, most) in sorted(SHORT_PREFIX.items()):
            if kind is Kind.PUBLIC_INTEREST:
                short.append(prefix + "[0-9]" * (least - len(prefix)))
                longer.append(f"{prefix}[0-9]{{{least + 1 - len(prefix)},{most - len(prefix)}}}")
    # Without the 0 before it, an area of Ningxia and a number are a call centre's 951…
    anywhere, but_ningxia = _areas(AREA_3), _areas(area for area in AREA_3 if area[:2] != "95")
    numbers = "|".join(short)
    behind_area = f"({_ABROAD}?0({anywhere})|{_ABROAD}?({but_ningxia}))({numbers})"
    return f"^({_ABROAD}?({'|'.join([numbers, *longer])})|{behind_area})$"


def _areas(codes: Iterable[str]) -> str:
    """All area codes of two digits and these of three, alike ones together: a short expression."""
    last: dict[str, str] = {}
    for code in sorted(codes):
        last[code[:2]] = last.get(code[:2], "") + code[2]
    return "|".join([*sorted(AREA_2), *(f"{stem}[{digits}]" for stem, digits in last.items())])


def write(home: Home, config: Config, profile: Profile, host: Path) -> Path:
    """Write the file, in place all at once; `host` is deploy/kamailio/host.py. Returns its path."""
    folder = home.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / NAME
    beside = path.with_suffix(".new")
    beside.write_text("\n".join(lines(config, profile, host)) + "\n", "utf-8")
    return beside.replace(path)


def lines(config: Config, profile: Profile, host: Path) -> Iterator[str]:
    """What the file says, line by line."""
    yield "# Written by `mingbai sip prepare` from sip.toml and profile.toml; changes here are lost."
    yield f"#!define MINGBAI_HOST {_quoted(str(host))}"
    yield f"#!define MINGBAI_ALWAYS_PASS {_quoted(always_pass(profile))}"
    if config.failed == "pass":
        yield "#!define MINGBAI_FAILED_PASS"
    if any(address.startswith("tls:") for address in config.listen):
        yield "#!define MINGBAI_TLS"
    if all(address.startswith("udp:") for address in config.listen) and not config.metrics:
        yield "disable_tcp=yes"
    yield f"children={config.children}"
    yield f"tcp_children={config.children}"
    for address in config.listen:
        yield f"listen={address}"
    if config.metrics:
        yield from _metrics(config.metrics)
    yield from _route(config, profile.sip.styles)


def _metrics(place: str) -> Iterator[str]:
    """Kamailio's own figures for Prometheus, over HTTP at an address of their own; elsewhere HTTP is dropped."""
    yield f"#!define MINGBAI_METRICS {place.rpartition(':')[2]}"
    yield from (f"listen=tcp:{place}", "tcp_accept_no_cl=yes", 'loadmodule "xhttp.so"', 'loadmodule "xhttp_prom.so"')
    yield 'modparam("xhttp_prom", "xhttp_prom_stats", "all")'
    yield 'modparam("xhttp_prom", "xhttp_prom_buf_size", 65536)'
    yield "event_route[xhttp:request] {"
    yield "    if (prom_check_uri()) {"
    yield "        prom_dispatch();"
    yield "        return;"
    yield "    }"
    yield '    xhttp_reply("404", "Not Found", "text/plain", "");'
    yield "}"


def _route(config: Config, styles: Mapping[str, Style]) -> Iterator[str]:
    """Kamailio's `route(TRUNK)`: the next hop of the trunk that a call arrives on, and how its switch is told to go on.

    As Config.trunk_of: the header where it is believed, else address with port, else address.
    """
    yield "route[TRUNK] {"
    yield from _taking(config.default, styles)
    if config.trunk_header and config.trunk_header_from:
        yield f"    if ($hdr({config.trunk_header}) != $null && ({_either(config.trunk_header_from)})) {{"
        for trunk in config.trunks:
            yield f"        if ($hdr({config.trunk_header}) == {_quoted(trunk.name)}) {{"
            yield from _taking(trunk, styles)
            yield "        }"
        yield "        return;"
        yield "    }"
    for with_port in (True, False):
        for trunk in config.trunks:
            if sources := [source for source in trunk.sources if bool(_split(source)[1]) is with_port]:
                yield f"    if ({_either(tuple(sources))}) {{"
                yield from _taking(trunk, styles)
                yield "        return;"
                yield "    }"
    yield "}"


def _taking(trunk: Trunk, styles: Mapping[str, Style]) -> Iterator[str]:
    code, reason = (styles.get(trunk.style) or styles["plain"]).passing
    yield f"        $var(hop) = {_quoted(trunk.next_hop)};"
    yield f"        $var(code) = {code};"
    yield f"        $var(reason) = {_quoted(reason)};"


def _either(sources: tuple[str, ...]) -> str:
    return " || ".join(_is_source(*_split(source)) for source in sources)


def _split(source: str) -> tuple[str, str]:
    found = _HOSTPORT.fullmatch(source)
    assert found is not None  # Config's reader took it
    return found[1].strip("[]"), found[2] or ""


def _is_source(address: str, port: str) -> str:
    asked = f"is_in_subnet($si, {_quoted(address)})"  # however an address of IPv6 is written
    return f"({asked} && $sp == {port})" if port else asked


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
