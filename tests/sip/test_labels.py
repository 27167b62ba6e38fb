"""The label reaches the phone: gate, the proxy before it that follows its 302, and the switch the call goes on to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from tests.ports import free_port
from tests.sip.conftest import CENTRE
from tests.sip.harness import Caller, Proxy, header, status
from tests.sip.upstream import Phone, Upstream, final

from mingbai.gate.facts import NumberFacts, Writer
from mingbai.gate.hosts.sip.spelling import shown
from mingbai.gate.tests import sip_grammar
from mingbai.kernel.home import Home
from mingbai.kernel.terms import USES, Use

pytestmark = pytest.mark.sip

SERVICE = USES.index(Use.SERVICE)
LABELS = [
    "骚扰电话 32人举报",
    "某某银行 客服",
    '"hi" \\ <sip:110@police>;x?a=b&c=%41,\'#+',
    "银" * 40,
    "naïve café 🏦",
    "one\r\nX-Evil: two\x00\u202e",
]
STYLES = ("plain", "clearip", "clearip-503")
NASTY = "银行客服 aZ09\"\\%<>;?&@=:,'#+$()*!~\r\n\t\x00\x1e\x7f\u202e\u2028🏦é"


@pytest.fixture
def phone() -> Iterator[Phone]:
    made = Phone()
    yield made
    made.close()


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Callable[..., Upstream]]:
    with ExitStack() as stack:

        def started(gates: list[int], next_hop: int, **more: int) -> Upstream:
            made = Upstream(tmp_path / "upstream", gates, next_hop, **more)
            stack.callback(made.stop)
            return made

        yield started


def trunk(next_hop: int, more: str = "") -> str:
    return f'[[trunk]]\nname = "line-1"\nsources = ["127.0.0.1"]\nnext_hop = "127.0.0.1:{next_hop}"\n{more}'


def number(at: int) -> str:
    return f"9553300{at}"


def lines(message: str) -> list[tuple[str, str]]:
    """Every header of a message, by our own reader: one that stands on two lines is two."""
    head = message.partition("\r\n\r\n")[0].split("\r\n")[1:]
    return sip_grammar.header_lines("".join(line + "\r\n" for line in head))


def only(message: str, name: str) -> str:
    (value,) = [value for known, value in lines(message) if known.lower() == name.lower()]
    return value


def test_the_onward_call_carries_the_label(
    facts: Writer, start: Callable[..., Proxy], phone: Phone, upstream: Callable[..., Upstream]
) -> None:
    with facts.batch() as batch:
        for at, label in enumerate(LABELS):
            resource = int("86" + number(at))
            batch.put_number(resource, resource, NumberFacts(holder=CENTRE, principal=CENTRE, use=SERVICE, label=label))
    before = upstream([start(trunk(phone.port)).port], phone.port)
    for at, label in enumerate(LABELS):
        shown = "one X-Evil: two" if "Evil" in label else label
        with Caller(before.port) as switch:
            claimed = (
                'P-Asserted-Identity: "110 Police" <sip:110@caller.example>\r\nCall-Info: <http://x>;purpose=icon\r\n'
            )
            switch.send(
                switch.request(
                    uri="sip:+8613900000001@127.0.0.1", caller=f"<sip:{number(at)}@caller.example>", headers=claimed
                )
            )
            call = phone.rings()
            assert status(final(switch)) == 200
        assert call.startswith(f"INVITE sip:+8613900000001@127.0.0.1:{phone.port} SIP/2.0\r\n")
        assert only(call, "From").startswith(f"<sip:{number(at)}@caller.example>")
        name, address = sip_grammar.name_addr(only(call, "P-Asserted-Identity"))
        assert (name, address) == (shown, f"sip:{number(at)}@127.0.0.1:{phone.port};user=phone")
        assert sip_grammar.call_reason(only(call, "Call-Info")) == shown
        assert not any(known.lower() == "x-evil" for known, _ in lines(call))


def test_what_goes_on_without_a_label_goes_on_as_it_came_and_what_is_refused_not_at_all(
    facts: Writer, start: Callable[..., Proxy], phone: Phone, upstream: Callable[..., Upstream]
) -> None:
    redress = 'redress = "https://gate.example.cn"\n'
    before = upstream([start(redress + trunk(phone.port)).port], phone.port)
    with Caller(before.port) as switch:
        mine = 'P-Asserted-Identity: "Li" <sip:13800000001@caller.example>\r\n'
        switch.send(switch.request(uri="sip:13900000002@127.0.0.1", headers=mine))
        call = phone.rings()
        assert status(final(switch)) == 200
        assert call.startswith(f"INVITE sip:13900000002@127.0.0.1:{phone.port} SIP/2.0\r\n")
        assert only(call, "P-Asserted-Identity") == '"Li" <sip:13800000001@caller.example>'
        assert "Call-Info" not in dict(lines(call))
    with Caller(before.port) as switch:
        switch.send(switch.request(uri="sip:13900000002@127.0.0.1", caller="<sip:4008109889@h>"))
        refused = final(switch)
        assert status(refused) == 607
        assert only(refused, "Call-Info").startswith("<https://gate.example.cn/redress/")
        assert only(refused, "Call-Info").endswith(".jws>;purpose=jwscard")
        assert phone.silent()
    with Caller(before.port) as switch:  # a withheld caller: a label, and nothing said of who it is
        kept = "P-Asserted-Identity: <sip:13800000001@caller.example>\r\nPrivacy: id\r\n"
        switch.send(
            switch.request(uri="sip:13900000002@127.0.0.1", caller="<sip:anonymous@anonymous.invalid>", headers=kept)
        )
        call = phone.rings()
        assert status(final(switch)) == 200
        assert only(call, "P-Asserted-Identity") == "<sip:13800000001@caller.example>"
        assert sip_grammar.call_reason(only(call, "Call-Info")) == "号码未显示"


def test_no_label_breaks_the_answer_of_the_real_proxy(facts: Writer, start: Callable[..., Proxy]) -> None:
    made = Random(3261)
    labels = ["".join(made.choices(NASTY, k=made.randint(1, 60))) for _ in range(200)]
    with facts.batch() as batch:
        for at, label in enumerate(labels):
            resource = 8695533000 + at
            batch.put_number(resource, resource, NumberFacts(holder=CENTRE, principal=CENTRE, use=SERVICE, label=label))
    proxy = start(trunk(5999))
    with Caller(proxy.port) as switch:
        answers = [switch.call(f"95533{at:03}", "13900000001") for at in range(len(labels))]
    for label, answer in zip(labels, answers, strict=True):
        assert status(answer) == 302
        contact = only(answer, "Contact")
        assert contact[0] + contact[-1] == "<>"
        user, where, asked = sip_grammar.contact(contact[1:-1])
        assert (user, where) == ("13900000001", "127.0.0.1:5999")
        if shown(label):
            assert sip_grammar.name_addr(asked["P-Asserted-Identity"])[0] == shown(label)
            assert sip_grammar.call_reason(asked["Call-Info"]) == shown(label)


def test_a_switch_that_reads_the_label_in_the_answer(facts: Writer, start: Callable[..., Proxy]) -> None:
    proxy = start(trunk(5999, 'label = "identity"\n'))
    with Caller(proxy.port) as switch:
        answer = switch.call("4008109889", "13900000001")
    assert (status(answer), header(answer, "Contact")) == (302, "<sip:13900000001@127.0.0.1:5999>")
    name, address = sip_grammar.name_addr(only(answer, "P-Asserted-Identity"))
    assert (name, address) == ("某某银行 营销电话", "sip:4008109889@127.0.0.1:5999;user=phone")


def test_a_switch_that_advances_along_its_routes(facts: Writer, start: Callable[..., Proxy]) -> None:
    proxy = start(trunk(5999, 'style = "clearip"\nlabel = "identity"\n'))
    with Caller(proxy.port) as switch:
        answers = [switch.call("4008109889", f"1390000000{last}") for last in (1, 2, 3)]
    assert [status(answer) for answer in answers] == [404, 607, 608]
    assert sip_grammar.name_addr(only(answers[0], "P-Asserted-Identity"))[0] == "某某银行 营销电话"


@pytest.mark.parametrize(("failed", "codes"), [("pass", [302, 404, 503]), ("refuse", [503, 480, 480])])
def test_a_gate_that_fails_tells_each_switch_in_its_own_style(
    home: Home, facts: Writer, start: Callable[..., Proxy], failed: str, codes: list[int]
) -> None:
    rules = home.profile.read_text("utf-8")
    at = rules.index("sip.failed_ordinary")
    home.profile.write_text(rules[:at] + rules[at:].replace('"pass"', f'"{failed}"', 1), "utf-8")
    home.journal.write_text("no folder", "utf-8")  # the gate cannot open
    ports = [free_port() for _ in STYLES]
    trunks = "".join(
        f'[[trunk]]\nname = "{style}"\nsources = ["127.0.0.1:{port}"]\nstyle = "{style}"\nnext_hop = "127.0.0.1:5999"\n'
        for style, port in zip(STYLES, ports, strict=True)
    )
    proxy = start(trunks)
    answers = []
    for port in ports:
        with Caller(proxy.port, source=port) as switch:
            answers.append(status(switch.call("4008109889", "13900000001")))
    assert answers == codes


def test_whose_side_knows_no_608_is_led_to_the_announcement(
    facts: Writer, start: Callable[..., Proxy], phone: Phone, upstream: Callable[..., Upstream]
) -> None:
    announcement = f'announcement = "sip:refused@127.0.0.1:{phone.port}"\n'
    before = upstream([start(trunk(5999, announcement)).port], 5999)
    with Caller(before.port) as switch:
        switch.send(switch.request(uri="sip:13900000003@127.0.0.1", caller="<sip:4008109889@h>"))
        assert phone.rings().startswith(f"INVITE sip:refused@127.0.0.1:{phone.port} SIP/2.0\r\n")
        assert status(final(switch)) == 200
    with Caller(before.port) as switch:
        knows = "Feature-Caps: *;+sip.608\r\n"
        switch.send(switch.request(uri="sip:13900000003@127.0.0.1", caller="<sip:4008109889@h>", headers=knows))
        assert status(final(switch)) == 608
        assert phone.silent()


class TestFailover:
    def test_no_gate_answers_and_calls_go_on_unlabelled(self, phone: Phone, upstream: Callable[..., Upstream]) -> None:
        silent = Phone()
        before = upstream([silent.port], phone.port, gate_ms=200)
        for _ in range(4):
            with Caller(before.port) as switch:
                switch.send(switch.request(uri="sip:13900000001@127.0.0.1", caller="<sip:4008109889@h>"))
                call = phone.rings()
                assert status(final(switch)) == 200
            assert call.startswith("INVITE sip:13900000001@")
            assert not {"P-Asserted-Identity", "Call-Info"} & set(dict(lines(call)))
        assert len(silent.asked()) == 2  # then it counts as dead, and holds up no more calls
        silent.close()

    def test_the_second_gate_is_asked_when_the_first_is_silent(
        self, facts: Writer, start: Callable[..., Proxy], phone: Phone, upstream: Callable[..., Upstream]
    ) -> None:
        before = upstream([free_port(), start(trunk(phone.port)).port], phone.port, gate_ms=400)
        for _ in range(4):
            with Caller(before.port) as switch:
                switch.send(switch.request(uri="sip:13900000001@127.0.0.1", caller="<sip:4008109889@h>"))
                call = phone.rings()
                assert status(final(switch)) == 200
            assert sip_grammar.name_addr(only(call, "P-Asserted-Identity"))[0] == "某某银行 营销电话"

    def test_a_call_for_help_asks_nobody(self, phone: Phone, upstream: Callable[..., Upstream]) -> None:
        silent = Phone()
        before = upstream([silent.port], phone.port, gate_ms=5000)
        for called in ("110", "+86120", "12110"):
            with Caller(before.port) as switch:
                switch.send(switch.request(uri=f"sip:{called}@127.0.0.1", caller="<sip:4008109889@h>"))
                assert phone.rings().startswith(f"INVITE sip:{called}@")
                assert status(final(switch)) == 200
        assert silent.silent()
        silent.close()

    def test_a_caller_who_hangs_up_meanwhile_is_let_go(self, phone: Phone, upstream: Callable[..., Upstream]) -> None:
        silent = Phone()
        before = upstream([silent.port], phone.port, gate_ms=1000)
        with Caller(before.port) as switch:
            invite = switch.request(uri="sip:13900000001@127.0.0.1", caller="<sip:4008109889@h>")
            switch.send(invite)
            assert switch.receive().startswith("SIP/2.0 100")
            switch.send(invite.replace(b"INVITE ", b"CANCEL ", 1).replace(b"1 INVITE", b"1 CANCEL"))
            answers = {only(answer, "CSeq"): status(answer) for answer in (final(switch), final(switch))}
        assert answers == {"1 CANCEL": 200, "1 INVITE": 487}
        assert phone.silent()
        silent.close()
