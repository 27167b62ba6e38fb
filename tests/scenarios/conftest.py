"""An installation as its operator has it: made, filled and served by `mingbai` itself, in processes of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.homes import copy_of_a_new_one, environment
from tests.ports import free_port
from tests.scenarios.redress_town import town  # noqa: F401  # a fixture of the stories of redress

from mingbai.kernel import clock

LINE, PERSON, OTHER = "95200011", "13800000001", "13800000002"
PATIENCE_S = 60
# A firm, its line, two people who agreed, a key for the exchange and one for the firm's system.
FILL = f"""
from mingbai.consent import actions as consent
from mingbai.kernel import msisdn
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

operator = people.create_organisation(name="青山通信分公司", kind="operator")
firm = people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")
trunk = numbers.create_trunk("centre-a", operator)
numbers.register_number(first=msisdn.require("{LINE}"), holder=firm, use="service", trunks=[trunk])
for number in ("{PERSON}", "{OTHER}"):
    person = people.ensure_subscriber(msisdn.require(number))
    consent.give(subscriber=person, principal=firm, purpose="service", how="web")
decide = people.create_api_key(organisation=operator, name="exchange", scopes=["decide"])[1]
tell = people.create_api_key(organisation=firm, name="crm", scopes=["consent:write"])[1]
said = {{"firm": firm, "decide": decide, "tell": tell}}
"""


class Installation:
    """One home, and whatever runs on it."""

    def __init__(self, home: Path, factory: pytest.TempPathFactory) -> None:
        self.home, self._factory = home, factory
        self.env = environment(home)
        self.web = self.gate = 0
        self.keys: dict[str, Any] = {}

    def mingbai(self, *words: str) -> str:
        """What a command says; it must succeed."""
        command = [sys.executable, "-m", "mingbai.cli", *words]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def django(self, program: str) -> Any:
        """The value of `said` after a program that has Django set up."""
        text = f"import json\nfrom mingbai.cli.django import setup\nsetup()\n{program}\nprint(json.dumps(said))"
        done = subprocess.run(
            [sys.executable, "-c", text], env=self.env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def begin(self) -> Installation:
        """As `mingbai init` leaves it."""
        copy_of_a_new_one(self.home, self._factory)
        return self

    def make(self) -> Installation:
        """With a firm in it, and people who agreed to its calls."""
        self.begin()
        self.keys = self.django(FILL)
        return self

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """`mingbai run`, until the block ends; facts are there when it begins."""
        self.web, self.gate = free_port(), free_port()
        command = [sys.executable, "-m", "mingbai.cli", "run"]
        command += ["--web-port", str(self.web), "--gate-port", str(self.gate)]
        with subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL) as process:
            try:
                self.wait(lambda: self.call(PERSON, "ask")["code"] > 0, "the gate to have facts")
                self.wait(self._has_pages, "the pages")
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)

    def call(self, callee: str, mode: str = "attempt") -> dict[str, Any]:
        """The gate's verdict on a call of the firm. Raises OSError while no gate answers."""
        body = {"caller": LINE, "callee": callee, "trunk": "centre-a", "mode": mode}
        return self._post(f"http://127.0.0.1:{self.gate}/gate/v1/decide", self.keys["decide"], body)

    def refuse(self, number: str) -> None:
        """The firm's system says that somebody refused."""
        self._post(f"http://127.0.0.1:{self.web}/api/v1/refusals", self.keys["tell"], {"number": number})

    def wait(self, until: Callable[[], bool], what: str) -> None:
        end = clock.monotonic() + PATIENCE_S
        while clock.monotonic() < end:
            try:
                if until():
                    return
            except OSError:
                pass
            clock.pause(0.05)
        raise AssertionError(f"waited {PATIENCE_S} s for {what}")

    def attempts(self) -> list[str]:
        """Every attempt's receipt id that a firm sees, from journal and lake, as often as it stands there."""
        program = (
            "from mingbai.calls import queries\n"
            f"said = [one.receipt_id for one in queries.attempts_of({self.keys['firm']}, 100_000)]"
        )
        return list(self.django(program))

    def _has_pages(self) -> bool:
        with urlopen(f"http://127.0.0.1:{self.web}/log/vkey", timeout=10) as answer:
            return bool(answer.status == 200)

    def _post(self, url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        try:
            with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=10) as answer:
                return dict(json.loads(answer.read()))
        except HTTPError as error:
            error.close()
            raise


@pytest.fixture
def installation(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Installation]:
    """installation("name") → the home of that name below the test's folder."""
    return lambda name: Installation(tmp_path / name, tmp_path_factory)
