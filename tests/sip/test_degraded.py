"""What is missing, broken or killed: then the profile says how calls go, and calls for help always pass."""

from __future__ import annotations

import itertools
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.sip.conftest import (
    AGREED,
    BANK_NUMBER,
    LIMITED_NUMBER,
    MARKETING,
    REFUSING,
    SERVICE_NUMBER,
    SHUT_NUMBER,
    SILENT,
    fill,
    proxy_of,
)
from tests.sip.harness import Caller, Load, Proxy, eventually, journalled, status

from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.gate.facts import SubscriberFacts, Writer
from mingbai.gate.facts.records import NumberFacts
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup

pytestmark = pytest.mark.sip

HELP = ("110", "+86120", "021119", "12345", "96110")
DECLARED = "X-Call-Purpose: marketing\r\n"
Start = Callable[..., Proxy]


def codes(proxy: Proxy, *calls: tuple[str, str] | tuple[str, str, str]) -> list[int]:
    """What each call is answered."""
    with Caller(proxy.port) as switch:
        return [status(switch.call(*call)) for call in calls]


def assert_help_is_reached(proxy: Proxy) -> None:
    assert codes(proxy, *((caller, number) for number in HELP for caller in ("13800000001", SHUT_NUMBER, "x"))) == [
        302
    ] * (3 * len(HELP))


def set_profile(home: Home, **values: str) -> None:
    """Change settings of the profile in force, `gate_withheld` for `gate.withheld`; in one step, as an editor does."""
    text = home.profile.read_text("utf-8")
    for key, value in values.items():
        at = text.index(f'[settings."{key.replace("_", ".", 1)}"]')
        line = text.index("value = ", at)
        text = text[:line] + f"value = {value}" + text[text.index("\n", line) :]
    beside = home.profile.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(home.profile)


ORDINARY = ("13800000001", AGREED)


@pytest.mark.parametrize(("says", "ordinary"), [("pass", 302), ("refuse", 608)])
def test_facts_too_old_as_when_the_feed_is_dead(
    home: Home, facts: Writer, start: Start, says: str, ordinary: int
) -> None:
    set_profile(home, gate_stale_ordinary=f'"{says}"')
    with facts.batch() as batch:
        batch.position(12, clock.now_us() - 3_600_000_000)
    proxy = start()
    refused, agreed, private = (BANK_NUMBER, REFUSING), (BANK_NUMBER, AGREED), ORDINARY
    assert codes(proxy, refused, agreed, private) == [607, 608, ordinary]
    assert_help_is_reached(proxy)
    with facts.batch() as batch:  # the feed is back
        batch.position(13, clock.now_us())
    assert codes(proxy, refused, agreed, private) == [607, 302, 302]


@pytest.mark.parametrize(("says", "ordinary"), [("pass", 302), ("refuse", 608)])
def test_no_facts(home: Home, start: Start, says: str, ordinary: int) -> None:
    set_profile(home, gate_missing_ordinary=f'"{says}"')
    proxy = start()
    declared = (*ORDINARY, DECLARED)
    assert codes(proxy, ORDINARY, declared, ("nobody", AGREED)) == [ordinary, 608, 403]
    assert_help_is_reached(proxy)
    assert {record.code for record in journalled(home)} == {Code.FACTS_MISSING, Code.CALLER_MALFORMED}
    fill(home).close()  # they come while it runs
    assert eventually(lambda: codes(proxy, (BANK_NUMBER, REFUSING)) == [607])


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut", "pointer"])
def test_damaged_facts_are_no_facts(home: Home, facts: Writer, start: Start, damage: str) -> None:
    before = facts.folder
    worse = _damaged(home, before, damage)
    proxy = start()
    assert codes(proxy, ORDINARY, (*ORDINARY, DECLARED), (BANK_NUMBER, REFUSING)) == [302, 608, 302]
    assert_help_is_reached(proxy)
    (home.facts / "current").write_text(before.name + "\n")
    assert eventually(lambda: codes(proxy, *([(BANK_NUMBER, REFUSING)] * 8)) == [607] * 8)  # every worker
    if worse is not None:  # swapped in while it runs: those in force stay in force
        (home.facts / "current").write_text(worse.name + "\n")
        clock.pause(0.3)
        assert codes(proxy, *([(BANK_NUMBER, REFUSING)] * 8)) == [607] * 8
    assert proxy.alive


def _damaged(home: Home, sound: Path, how: str) -> Path | None:
    """Point at a damaged generation; its folder, None where the pointer itself is damaged."""
    if how == "pointer":
        (home.facts / "current").write_bytes(b"\xff../../etc")
        return None
    folder = home.facts / "gen-000099"
    folder.mkdir()
    data = (sound / "data.mdb").read_bytes()
    data = {"empty": b"", "garbage": b"\xa5" * len(data), "cut": data[: len(data) // 2]}[how]
    (folder / "data.mdb").write_bytes(data)
    (home.facts / "current").write_text(folder.name + "\n")
    return folder


RAISING = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("real_host", {host!r})
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)

def mod_init():
    made = real.mod_init()
    from mingbai.gate.hosts import kamailio
    real_worker = kamailio.Worker
    class Broken:
        def __init__(self, *given):
            self.tick = real_worker(*given).tick
        def answer(self, *_):
            raise RuntimeError("13912345678")
        judge_fields = answer
    kamailio.Worker = Broken
    return made
"""


@pytest.mark.parametrize(("says", "ordinary"), [("pass", 302), ("refuse", 503)])
@pytest.mark.parametrize("fault", ["raises", "absent", "keyless"])
def test_python_raises_or_is_not_there(
    home: Home, facts: Writer, tmp_path: Path, fault: str, says: str, ordinary: int
) -> None:
    """Whatever is wrong with the gate inside: the native script goes by sip.failed_ordinary."""
    from mingbai.cli import sip

    set_profile(home, sip_failed_ordinary=f'"{says}"')
    proxy = proxy_of(home)
    host, more = sip.HOST, {}
    if fault == "raises":
        host = tmp_path / "raising.py"
        host.write_text(RAISING.format(host=str(sip.HOST)), "utf-8")
    elif fault == "absent":
        more = {"MINGBAI_SIP_PACKAGES": str(tmp_path / "nothing")}
    key = home.keys / "lookup.key"
    try:
        if fault == "keyless":
            proxy.prepare()
            key.rename(key.with_suffix(".away"))
        proxy.start(host=host, before=(), **more)
        assert codes(proxy, ORDINARY, (BANK_NUMBER, REFUSING), (SHUT_NUMBER, AGREED)) == [ordinary] * 3
        assert codes(proxy, ORDINARY) == [ordinary]
        assert_help_is_reached(proxy)
        with Caller(proxy.port) as switch:  # a way to write it that the native script does not read at once
            for uri in ("tel:+86-110", "sip:%31%31%30@h", "sip:110;phone-context=+86@h", "tel:1-1-0"):
                assert status(switch.ask(switch.request(uri=uri))) == 302
            message = switch.request(uri=f"sip:{SILENT}@h")
            first = switch.ask(message)
            assert switch.ask(message) == first  # a retransmission here too
        log = proxy.log.read_text("utf-8", "replace")
        assert "mingbai: " in log
        assert "13912345678" not in log
        if fault == "keyless":
            key.with_suffix(".away").rename(key)
            assert eventually(lambda: codes(proxy, (BANK_NUMBER, REFUSING)) == [607])
    finally:
        proxy.stop()


def _with_small_disk(folder: Path, size: str) -> tuple[str, ...]:
    """A command that runs another with a disk of this size at `folder`, for it alone; skips where nobody may mount."""
    script = f'mount -t tmpfs -o size={size},mode=700 tmpfs "{folder}" && exec "$@"'
    for more in ((), ("--user", "--map-root-user")):
        command = ("unshare", "--mount", *more, "sh", "-c", script, "sh")
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("no disk can be mounted here: unshare --mount, mount -t tmpfs")


def test_a_full_disk_under_the_journal(home: Home, facts: Writer) -> None:
    """A few segments of 100 records fit on the disk; then gate.unjournalled_* decides, until there is room again."""
    set_profile(home, gate_journal_buffer="100")
    home.journal.mkdir(mode=0o700)
    proxy = proxy_of(home, children=1)
    numbers = (f"137{at:08}" for at in itertools.count())
    proxy.start(before=_with_small_disk(home.journal, "64k"))
    assert proxy.process is not None
    seen = Path(f"/proc/{proxy.process.pid}/root{home.journal}")
    try:
        with Caller(proxy.port) as switch:
            for number in itertools.islice(numbers, 400):
                assert status(switch.call("13800000001", number)) == 302
            # What needs a consent is not put through without a trace of it.
            assert status(switch.call(BANK_NUMBER, AGREED)) == 608
            assert status(switch.call(BANK_NUMBER, REFUSING)) == 607
        kept = [one for path in seen.iterdir() for _, one in journal.read_segment(path)]
        assert 100 <= len(kept) < 400
        assert_help_is_reached(proxy)
        assert eventually(lambda: bool(journal.closed_segments(seen)))
        for path in journal.closed_segments(seen):
            path.unlink()  # the feed takes them to the lake
        assert eventually(lambda: codes(proxy, (BANK_NUMBER, AGREED)) == [302])
        assert proxy.alive
    finally:
        proxy.stop()


def test_killed_under_load_and_started_again(home: Home, facts: Writer) -> None:
    """Nothing that was answered is missing from the journal, and what was counted stays counted."""
    proxy = proxy_of(home)
    proxy.start()
    load = Load(proxy.port, "13800000001", _calls())
    try:
        assert codes(proxy, (LIMITED_NUMBER, SILENT), (LIMITED_NUMBER, AGREED)) == [302, 302]
        load.start()
        assert load.reached(lambda answers: len(answers) > 100)
        proxy.stop(signal.SIGKILL)
        proxy.start()
        known = len(load.answers)
        assert load.reached(lambda answers: len(answers) > known + 100)
        assert codes(proxy, (LIMITED_NUMBER, SILENT)) == [608]
        assert_help_is_reached(proxy)
    finally:
        answers = load.stop()
        proxy.stop(signal.SIGKILL)
    told = {str(record.callee) for record in journalled(home)}
    assert {"86" + number for number, code in answers.items() if code} <= told
    assert set(answers.values()) <= {302, 0}


def _calls() -> Iterator[str]:
    return (f"137{at:08}" for at in itertools.count())


def test_new_facts_and_a_new_profile_lose_no_call(home: Home, facts: Writer, start: Start) -> None:
    """Changes in place, a new generation, a changed profile and a broken one, while calls go on."""
    proxy = start()
    load = Load(proxy.port, SERVICE_NUMBER, _calls(), patience=10.0)
    load.start()
    assert load.reached(lambda answers: len(answers) > 50)

    key = Lookup(home.key("lookup")).key
    with facts.batch() as batch:  # a refusal, followed by the feed
        batch.put_subscriber(key("8613700009999"), SubscriberFacts(blocked_firms=(7,)))
        batch.position(12, clock.now_us())
    assert eventually(lambda: codes(proxy, (SERVICE_NUMBER, "13700009999")) == [607])

    fresh = Writer.fresh(home.facts)  # a rebuild: the number is closed there
    with fresh.batch() as batch:
        facts_of = NumberFacts(7, 7, MARKETING, state=2)
        batch.put_number(int("86" + SHUT_NUMBER), int("86" + SHUT_NUMBER), facts_of, resource=3)
        batch.position(13, clock.now_us())
    fresh.publish()
    assert eventually(lambda: codes(proxy, (SERVICE_NUMBER, "13700009999")) == [302])
    fresh.close()

    assert codes(proxy, ("anonymous", SILENT)) == [302]
    set_profile(home, gate_withheld='"refuse"')
    assert eventually(lambda: codes(proxy, *([("anonymous", SILENT)] * 8)) == [403] * 8)
    sound = home.profile.read_bytes()
    home.profile.write_text("nonsense", "utf-8")
    clock.pause(1.2)
    assert codes(proxy, ("anonymous", SILENT)) == [403]
    home.profile.write_bytes(sound)
    assert_help_is_reached(proxy)

    assert load.reached(lambda answers: len(answers) > 200)
    answers = load.stop()
    assert set(answers.values()) == {302}
