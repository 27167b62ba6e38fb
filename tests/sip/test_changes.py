"""sip.toml and the profile change while calls go on: all of it that can is taken up, and no call is lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from tests.sip.conftest import BANK_NUMBER, BOUND_NUMBER, REFUSING, SILENT, furnish, proxy_of
from tests.sip.harness import Caller, Load, Proxy, eventually, header, status, write_settings
from tests.sip.test_degraded import set_profile

from mingbai.gate.facts import Writer
from mingbai.kernel.home import Home

pytestmark = pytest.mark.sip

AFTER = """
trunk_header = "X-Trunk"
trunk_header_from = ["127.0.0.8"]
redress = "https://gate.example.cn"
[default]
next_hop = "127.0.0.1:5090"
[[trunk]]
name = "line-1"
sources = ["127.0.0.5"]
next_hop = "127.0.0.5:5091"
identity = "pai"
[[trunk]]
name = 'odd)"$si'
sources = ["127.0.0.6"]
style = "clearip"
"""


def contact(port: int, ip: str, callee: str, caller: str = "13800000001", headers: str = "") -> tuple[int, str]:
    with Caller(port, ip=ip) as switch:
        answer = switch.call(caller, callee, headers)
    return status(answer), header(answer, "Contact")


def rewrite(home: Home, proxy: Proxy, more: str) -> None:
    """sip.toml in one step, as an editor writes it."""
    listen = f'listen = ["udp:127.0.0.1:{proxy.port}", "tcp:127.0.0.1:{proxy.port}"]\nchildren = 2\n'
    before = home.root / "sip.toml"
    write_settings(home, listen + more)
    beside = before.with_suffix(".new")
    before.rename(beside)
    beside.replace(before)


def test_trunks_are_taken_up_while_calls_go_on(home: Home, facts: Writer, start: Callable[..., Proxy]) -> None:
    proxy = start()
    port = proxy.port
    load = Load(port, "13800000001", (f"137{at:08}" for at in itertools.count()), patience=10.0)
    load.start()
    assert load.reached(lambda answers: len(answers) > 50)
    assert contact(port, "127.0.0.5", SILENT, BOUND_NUMBER)[0] == 403, "registered for a trunk that is not known yet"
    rewrite(home, proxy, AFTER)
    assert eventually(lambda: all(contact(port, "127.0.0.1", "110")[1] == "<sip:110@127.0.0.1:5090>" for _ in range(4)))
    by_pai = f"P-Asserted-Identity: <sip:{BOUND_NUMBER}@h>\r\n"
    for _ in range(4):  # every worker
        assert contact(port, "127.0.0.5", "110")[1] == "<sip:110@127.0.0.5:5091>"
        assert contact(port, "127.0.0.8", "110", headers="X-Trunk: line-1\r\n")[1] == "<sip:110@127.0.0.5:5091>"
        assert contact(port, "127.0.0.8", "110", headers="X-Trunk: no\r\n")[1] == "<sip:110@127.0.0.1:5090>"
        assert contact(port, "127.0.0.9", "110", headers="X-Trunk: line-1\r\n")[1] == "<sip:110@127.0.0.1:5090>"
        assert contact(port, "127.0.0.8", "110", headers='X-Trunk: odd)"$si\r\n') == (404, "")
        assert contact(port, "127.0.0.6", "110") == (404, "")
    assert eventually(lambda: all(contact(port, "127.0.0.6", SILENT)[0] == 404 for _ in range(8)))
    assert contact(port, "127.0.0.5", SILENT, headers=by_pai)[1].startswith(f"<sip:{SILENT}@127.0.0.5:5091?")
    with Caller(port) as switch:
        refused = switch.call(BANK_NUMBER, REFUSING)
    assert header(refused, "Call-Info").startswith("<https://gate.example.cn/redress/")

    rewrite(home, proxy, "")  # and gone again
    assert eventually(lambda: contact(port, "127.0.0.6", "110") == (302, "<sip:110@127.0.0.1:5080>"))
    assert contact(port, "127.0.0.8", "110", headers="X-Trunk: line-1\r\n")[1] == "<sip:110@127.0.0.1:5080>"
    assert eventually(lambda: all(contact(port, "127.0.0.5", SILENT, BOUND_NUMBER)[0] == 403 for _ in range(8)))
    answers = load.stop()
    assert set(answers.values()) == {302}


def test_a_fault_changes_nothing_and_is_told(home: Home, facts: Writer, start: Callable[..., Proxy]) -> None:
    proxy = start(AFTER)
    rewrite(home, proxy, '[[trunk]]\nname = "x"\n')
    assert eventually(lambda: "sip.toml:3: a trunk has no sources" in proxy.log.read_text("utf-8", "replace"))
    assert contact(proxy.port, "127.0.0.6", "110") == (404, "")
    assert contact(proxy.port, "127.0.0.6", SILENT)[0] == 404
    (home.root / "sip.toml").write_bytes(b"\xff")
    assert eventually(lambda: "this is not UTF-8" in proxy.log.read_text("utf-8", "replace"))
    assert contact(proxy.port, "127.0.0.6", SILENT)[0] == 404
    rewrite(home, proxy, "")
    assert eventually(lambda: contact(proxy.port, "127.0.0.6", "110")[0] == 302)


def test_what_needs_a_new_start_is_told_and_does_no_harm(
    home: Home, facts: Writer, start: Callable[..., Proxy]
) -> None:
    proxy = start()
    write_settings(home, 'listen = ["udp:127.0.0.1:5999"]\nchildren = 7\n[default]\nnext_hop = "127.0.0.1:5090"\n')
    assert eventually(lambda: contact(proxy.port, "127.0.0.1", "110")[1] == "<sip:110@127.0.0.1:5090>")
    told = proxy.log.read_text("utf-8", "replace")
    for name in ("listen", "children"):
        assert f"sip.toml: “{name}” holds from the next start of the proxy" in told
    assert "“metrics”" not in told


def test_what_a_failing_gate_does_is_taken_up_too(home: Home, start: Callable[..., Proxy]) -> None:
    home.journal.write_text("no folder", "utf-8")  # the gate cannot open
    port = start().port
    assert contact(port, "127.0.0.1", SILENT) == (302, f"<sip:{SILENT}@127.0.0.1:5080>")
    set_profile(home, sip_failed_ordinary='"refuse"')
    assert eventually(lambda: contact(port, "127.0.0.1", SILENT)[0] == 503)
    assert contact(port, "127.0.0.1", "12345")[0] == 302
    set_profile(home, gate_always_pass_kinds='["emergency"]')
    assert eventually(lambda: contact(port, "127.0.0.1", "12345")[0] == 503)
    assert contact(port, "127.0.0.1", "110")[0] == 302


def test_what_was_set_before_the_start_holds_without_python(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without its packages the native script goes by what stands in local.cfg."""
    home = furnish(tmp_path_factory.mktemp("without"))
    proxy = proxy_of(home, AFTER)
    try:
        proxy.start(MINGBAI_SIP_PACKAGES=str(home.root / "nothing"))
        assert contact(proxy.port, "127.0.0.6", "110") == (404, "")
        assert (
            contact(proxy.port, "127.0.0.8", SILENT, headers="X-Trunk: line-1\r\n")[1]
            == f"<sip:{SILENT}@127.0.0.5:5091>"
        )
        assert contact(proxy.port, "127.0.0.8", "110", headers='X-Trunk: odd)"$si\r\n') == (404, "")
    finally:
        proxy.stop()
