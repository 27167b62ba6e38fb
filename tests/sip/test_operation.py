"""`mingbai run --sip`: the proxy under the supervisor, as an operator runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from tests.homes import copy_of_a_new_one, environment
from tests.ports import free_port
from tests.sip.harness import Caller, Proxy, eventually, status

from mingbai.cli import sip
from mingbai.cli.supervisor import die_with_parent
from mingbai.gate.meters import read
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.sip
STARTS_WITHIN_S, STOPS_WITHIN_S = 60, 30


class Running:
    """`mingbai run --sip` on free ports."""

    def __init__(self, home: Path) -> None:
        self.home, self.port, self.gate = home, free_port(), free_port()
        words = ["run", "--sip", "--web-port", str(free_port()), "--gate-port", str(self.gate), "--sip-children", "2"]
        words += ["--sip-listen", f"udp:127.0.0.1:{self.port}", "--sip-listen", f"tcp:127.0.0.1:{self.port}"]
        self.log = home.parent / f"run-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mingbai.cli", *words],
                env=environment(home),
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def proxies(self) -> list[int]:
        """Kamailio's processes of this home."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            if str(self.home / "sip").encode() in words:
                found.append(int(path.parent.name))
        return sorted(found)

    def answers(self) -> bool:
        """Whether a call is answered before time is over."""
        end = clock.monotonic() + STARTS_WITHIN_S
        while clock.monotonic() < end and self.process.poll() is None:
            with Caller(self.port, timeout=0.3) as caller:
                if status(caller.call("13800000001", "13800000002")) == 302:
                    return True
            clock.pause(0.05)
        return False

    def verdicts(self) -> float:
        """SIP verdicts as Prometheus reads them."""
        with urlopen(f"http://127.0.0.1:{self.gate}/gate/v1/metrics", timeout=5) as page:
            found = families(page.read().decode())
        return sum(
            one.value
            for family in found
            for one in family.samples
            if one.name == "mingbai_gate_verdicts_total" and one.labels["host"] == "sip"
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home without anybody in it, its facts made."""
    home = tmp_path_factory.mktemp("operation") / "home"
    copy_of_a_new_one(home, tmp_path_factory)
    command = [sys.executable, "-m", "mingbai.cli", "gate", "rebuild"]
    subprocess.run(command, env=environment(home), capture_output=True, timeout=120, check=True)
    return home


@pytest.fixture
def running(installation: Path) -> Iterator[Running]:
    made = Running(installation)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait()


def test_a_dead_worker_and_a_dead_proxy_come_back_and_nothing_outlives_the_supervisor(running: Running) -> None:
    assert running.answers(), running.log.read_text()
    main, *workers = running.proxies()
    os.kill(workers[1], signal.SIGKILL)
    _until_gone(main)
    assert running.answers(), running.log.read_text()
    main = running.proxies()[0]
    os.kill(main, signal.SIGKILL)
    _until_gone(main)
    assert running.answers(), running.log.read_text()
    assert running.verdicts() >= 3, "what was counted outlives the processes that counted"
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(STOPS_WITHIN_S) == 0
    assert running.proxies() == []
    assert "sip ended with code" in running.log.read_text()
    assert "13800000001" not in running.log.read_text()


def test_a_supervisor_that_was_killed_leaves_no_proxy(running: Running) -> None:
    assert running.answers(), running.log.read_text()
    running.process.kill()
    running.process.wait()
    end = clock.monotonic() + STOPS_WITHIN_S
    while running.proxies():
        assert clock.monotonic() < end
        clock.pause(0.05)


def test_the_proxy_tells_prometheus_of_itself(home: Home, start: Callable[..., Proxy]) -> None:
    """Calls for help are seen here alone: they never reach the gate."""
    place = f"127.0.0.1:{free_port()}"
    proxy = start(f'metrics = "{place}"\n', children=1)
    with Caller(proxy.port) as switch:
        assert status(switch.call("13800000001", "110")) == 302

    def told() -> dict[str, float]:
        with urlopen(f"http://{place}/metrics", timeout=5) as page:
            return {one.name: one.value for family in families(page.read().decode()) for one in family.samples}

    assert eventually(lambda: told()["kamailio_sl_302_replies"] == 1), "it counts when the answer has left"
    found = told()
    assert found["kamailio_core_rcv_requests_invite"] == 1
    assert found["kamailio_shmem_free_size"] > 0
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://{place}/other", timeout=5)
    with pytest.raises(OSError, match="timed out"):  # where SIP is spoken, HTTP gets no word
        urlopen(f"http://127.0.0.1:{proxy.port}/metrics", timeout=0.5)
    with Caller(proxy.port) as switch:
        assert status(switch.call("13800000001", "13800000002")) == 302


def test_calls_that_nobody_judged_are_counted(home: Home, start: Callable[..., Proxy]) -> None:
    """A gate that cannot open lets ordinary calls pass, as the profile says; whoever watches it is told."""
    home.journal.touch()  # a file where the journal's folder ought to be
    proxy = start(children=1)
    with Caller(proxy.port) as switch:
        assert [status(switch.call("13800000001", "13800000002")) for _ in range(3)] == [302, 302, 302]
    (lane,) = [lane for lane in read(home.meters) if lane.unjudged]
    assert (lane.host, lane.unjudged, lane.outcomes) == ("sip", 3, ())


def test_kamailio_s_own_word_on_its_configuration_is_told(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.cfg"
    broken.write_text("childrn=2\n")
    monkeypatch.setattr(sip, "SCRIPT", broken)
    with pytest.raises(Problem, match=r"broken.cfg, line 1") as raised:
        sip.prepare(home)
    assert raised.value.code == "sip.refused"


def _until_gone(pid: int) -> None:
    end = clock.monotonic() + STOPS_WITHIN_S
    while Path(f"/proc/{pid}").exists():
        assert clock.monotonic() < end, "a dead child stops the whole proxy"
        clock.pause(0.02)
