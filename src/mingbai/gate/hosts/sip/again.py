"""Answering what Kamailio could not read: from its bytes, past its parser. Importable inside Kamailio alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

import KSR

from mingbai.gate.hosts.sip import native, unread
from mingbai.gate.hosts.sip.answers import Reply
from mingbai.gate.hosts.sip.pseudo import get, octets, put
from mingbai.gate.hosts.sip.reading import ABSENT, ALL_ASSERTED, ASSERTED, PURPOSE, SEPARATOR, is_secure, number_of
from mingbai.gate.hosts.sip.unread import Request, Response

Judge = Callable[[Callable[[str], list[str]], Callable[[str], str]], Reply | None]
_CALLS, _REMEMBERED_S = "calls", 32
_HELP = {public: re.compile(native.always_pass(public=public)) for public in (False, True)}
_SOS = re.compile(r"urn:service:sos(?:[.;?#]|$)", re.IGNORECASE)
_BUSY = Response(503, "Service Unavailable")


def respond(judge: Judge | None) -> None:
    """Answer the message in hand, if it is a request. `judge`: of Worker, None while there is no gate."""
    message = octets("$mb")
    request = unread.read(message)
    if request is None:
        return
    ip, port, transport = str(get("$si")), int(get("$sp")), str(get("$proto"))
    key = sha256(message).hexdigest()
    said = unread.answer(
        request,
        datagram=transport == "udp",
        help_=lambda call: _help(call, ip, port),
        judge=lambda call: _once(key, lambda: _verdict(call, ip, port, judge)),
    )
    if said is None:
        return
    text, back = request.reply(said, ip, port)
    place = f"sip:{_host(ip)}:{back if transport == 'udp' else port};transport={transport}"
    KSR.corex.sendx(place, f"{transport}:{_host(str(get('$Ri')))}:{get('$Rp')}", text)


def _host(ip: str) -> str:
    return f"[{ip.strip('[]')}]" if ":" in ip else ip


def _once(key: str, judged: Callable[[], Response]) -> Response | None:
    """As kamailio.cfg does it: one count and one record of a call, however often it is sent."""
    put("$var(key)", key)
    seen = get(f"$shtinc({_CALLS}=>$var(key))")  # nothing where an answer stands already, or memory ran out
    if seen is None:
        code, _, rest = str(get(f"$sht({_CALLS}=>$var(key))")).partition(SEPARATOR)
        reason, _, headers = rest.partition(SEPARATOR)
        if code.isdigit():
            return Response(int(code), reason, headers)
    elif seen > 1:
        return None
    said = judged()
    KSR.htable.sht_setxs(_CALLS, key, SEPARATOR.join((str(said.code), said.reason, said.headers)), _REMEMBERED_S)
    return said


def _help(call: Request, ip: str, port: int) -> Response | None:
    """As kamailio.cfg does it: a call for help goes on without a gate, as the trunk's switch wants to be told."""
    user = number_of(call.uri)[1]
    if _SOS.match(call.uri):
        user = "112"
    elif not _HELP[_of_place("public") != "no"].fullmatch(user):
        return None
    named = _of_place("header")
    trunk = call.first(named.lower()) if named else None
    if trunk and (_of_place(f"from {ip}:{port}") or _of_place(f"from {ip}")):
        found = _of_place(f"name {trunk}")
    else:
        found = _of_place(f"at {ip}:{port}") or _of_place(f"at {ip}")
    hop, by_sips, code, reason = (found or _of_place("default")).split(SEPARATOR)
    where = f"sips:{user}@{by_sips}" if by_sips and is_secure(call.uri) else f"sip:{user}@{hop}"
    return Response(int(code), reason, f"Contact: <{where}>\r\n" if int(code) < 400 else "")


def _of_place(key: str) -> str:
    """What stands in the table of native.table, "" for nothing."""
    put("$var(key)", key)
    return str(get(f"$sht({native.TABLE}=>$var(key))") or "")


def _verdict(call: Request, ip: str, port: int, judge: Judge | None) -> Response:
    if judge is None:
        return _BUSY
    asserted = call.all("p-asserted-identity")
    texts = {ASSERTED: asserted[0] if asserted else ABSENT, ALL_ASSERTED: ",".join(asserted) or ABSENT}

    def fields(trunk_header: str) -> list[str]:
        named = call.first(trunk_header.lower()) if trunk_header else None
        features = call.all("feature-caps")
        return [
            ip, str(port), call.uri, call.uri_of(call.first("from") or ""),
            call.uri_of(unread.listed(asserted[0])[0]) if asserted else ABSENT,
            _or_absent(call.first(PURPOSE.lower())), ",".join(features) if features else ABSENT, _or_absent(named),
        ]  # fmt: skip

    said = judge(fields, lambda name: texts.get(name, ABSENT))
    if said is None:
        return Response(404, "Not Found")
    contact = f"Contact: <{said.contact}>\r\n" if said.contact else ""
    return Response(said.code, said.reason, contact + said.headers)


def _or_absent(text: str | None) -> str:
    return ABSENT if text is None else text
