"""What the native script of the proxy must know without asking Python: MINGBAI_HOME/sip/local.cfg and a shared table.

Kamailio reads the file at its start: where to listen, how many workers, the called numbers that are never kept from a
caller, and what the table holds first. The table (`place`) says where a call goes on to from each trunk and what
happens when the gate fails; it is in shared memory and written anew while calls go on (`hosts.kamailio.Host.refresh`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mingbai.gate.decide import policy_of
from mingbai.gate.hosts.sip.config import Config, Trunk
from mingbai.gate.hosts.sip.reading import SEPARATOR
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.msisdn.table import AREA_2, AREA_3, EMERGENCY, PUBLIC_EXACT, SHORT_PREFIX
from mingbai.kernel.profile import Profile, Style

FOLDER, NAME = "sip", "local.cfg"
TABLE = "place"
_ABROAD = r"(\+?86|0?086)"


def always_pass(*, public: bool) -> str:
    """A POSIX regular expression of the called numbers that always pass, as they are dialled in digits.

    It takes what `kernel.msisdn.parse` finds to be an emergency number, and with `public` a public-interest one, and
    nothing else; a test holds the two together. Other spellings (+86-110) reach the gate, which passes them too.
    """
    short, longer = sorted(EMERGENCY), []
    if public:
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
    yield f"#!define MINGBAI_HELP {_quoted(always_pass(public=False))}"
    yield f"#!define MINGBAI_HELP_AND_PUBLIC {_quoted(always_pass(public=True))}"
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
    yield "event_route[htable:mod-init] {"
    for key, value in table(config, profile).items():
        yield f"    $var(key) = {_quoted(key)};"  # a name may hold what would end the brackets
        yield f"    $sht({TABLE}=>$var(key)) = {_quoted(value)};"
    yield "}"


def table(config: Config, profile: Profile) -> dict[str, str]:
    """What the script's `route[TRUNK]` looks up, by the same steps as Config.trunk_of.

    `default`, `at ADDRESS[:PORT]` and `name NAME` → next hop, the same for a call by sips ("" for none), code and
    reason of a call that goes on; `header` → which header may name the trunk; `from ADDRESS[:PORT]` → who is believed
    in it; `failed`, `public` → yes or no: whether calls pass when the gate fails, and public-interest numbers always.
    """
    styles = profile.sip.styles
    public = Kind.PUBLIC_INTEREST in policy_of(profile).always_pass
    found = {
        "default": _hops(config.default, styles),
        "failed": "yes" if config.failed == "pass" else "no",
        "public": "yes" if public else "no",
    }
    if config.trunk_header:
        found["header"] = config.trunk_header
    for place, trunk in config.sources():
        found |= {f"at {written}": _hops(trunk, styles) for written in _written(*place)}
    for trunk in config.trunks:
        found[f"name {trunk.name}"] = _hops(trunk, styles)
    for place in config.believed():
        found |= {f"from {written}": "yes" for written in _written(*place)}
    return found


def _written(address: str, port: int) -> tuple[str, ...]:
    """As the script writes who asks; it knows no address in brackets."""
    if "[" in address:
        return ()
    return (f"{address}:{port}" if port else address,)


def _hops(trunk: Trunk, styles: Mapping[str, Style]) -> str:
    code, reason = (styles.get(trunk.style) or styles["plain"]).passing
    return SEPARATOR.join((trunk.next_hop, trunk.next_hop_by_sips, str(code), reason))


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


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
