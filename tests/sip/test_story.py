"""A call reaches the real Kamailio: it goes on, or is refused, and the journal tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.sip.harness import Caller, Proxy, header, journalled, status

from mingbai.gate.decide import Code
from mingbai.gate.facts import Writer
from mingbai.kernel.home import Home

pytestmark = pytest.mark.sip


def test_calls_ring_or_are_refused_and_the_journal_tells(
    home: Home, facts: Writer, start: Callable[..., Proxy]
) -> None:
    proxy = start()
    with Caller(proxy.port) as switch:
        agreed = switch.call("4008109889", "13900000001")
        refused = switch.call("4008109889", "13900000002")
        silent = switch.call("4008109889", "13900000003")
        private = switch.call("13800000001", "13900000002")
        impossible = switch.call("19999999999999", "13900000002")
    assert [status(one) for one in (agreed, refused, silent, private, impossible)] == [302, 607, 608, 302, 403]
    assert header(private, "Contact") == "<sip:13900000002@127.0.0.1:5080>"
    proxy.stop()
    assert sorted(record.code for record in journalled(home)) == [
        Code.CALLER_UNALLOCATED, Code.CALLEE_REFUSED, Code.CONSENT_MISSING, Code.LABELLED, Code.PASSED,
    ]  # fmt: skip
