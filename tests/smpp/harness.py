"""A house that sends through a real SMS centre: the centre, the worker, and a keeper of the outbox."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ports import free_port

from mingbai.kernel import clock

HERE = Path(__file__).parent
PATIENCE_S = 60.0
ANSWERS_S = 180.0
ID, PASSWORD = "mingbai", "secret"


def until(act: Callable[[], Any], within_s: float = PATIENCE_S, what: str = "") -> Any:
    """What `act` gives once it is true."""
    end = clock.monotonic() + within_s
    while True:
        if found := act():
            return found
        if clock.monotonic() > end:
            raise AssertionError(f"not within {within_s} s: {what or act}")
        clock.pause(0.03)


class Spoken:
    """A process that we talk with in lines of JSON."""

    def __init__(self, argv: list[str], env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.heard: list[dict[str, Any]] = []
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            self.heard.append(said)
            if said["is"] in ("done", "counts", "answer", "error"):
                self._answers.put(said)

    def tell(self, **command: Any) -> dict[str, Any]:
        """Say it; the first that comes back."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        said = self._answer()
        if said["is"] == "counts":
            self._answer()
        assert said["is"] != "error", said
        return said

    def _answer(self) -> dict[str, Any]:
        end = clock.monotonic() + ANSWERS_S
        while True:
            with contextlib.suppress(queue.Empty):
                return self._answers.get(timeout=0.2)
            assert self.process.poll() is None, f"{self.process.args} ended"
            assert clock.monotonic() < end, f"{self.process.args} does not answer"

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [said for said in list(self.heard) if said["is"] == kind]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Centre(Spoken):
    """The npm package's server on a port of its own."""

    def __init__(self, *, port: int = 0, **settings: Any) -> None:
        node, package = shutil.which("node"), HERE / "node_modules" / "smpp"
        if node is None or not package.exists():
            raise RuntimeError("the SMS centre is missing: run  make setup  (Debian's nodejs and npm, tests/smpp)")
        self.port = port or free_port()
        super().__init__([node, str(HERE / "smsc.js"), json.dumps({"port": self.port, **settings})])
        until(lambda: self.all("listening"), what="the centre listens")

    def taken(self) -> list[dict[str, Any]]:
        return self.all("taken")


class House:
    """A home on SQLite with links, its worker, and its keeper."""

    def __init__(self, home: Path, like: Path | None = None) -> None:
        """`like`: a house whose empty database is copied, which is quicker than to make one."""
        home.mkdir(parents=True)
        if like is not None:
            shutil.copytree(like / "keys", home / "keys")
            for name in ("mingbai.sqlite3", "profile.toml"):
                shutil.copy(like / name, home / name)
        self.home = home
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "MINGBAI_HOME")}
        self.environment = kept | {
            "MINGBAI_TEST_HOME": str(home), "MINGBAI_HOME": str(home), "SMPP_PASSWORD": PASSWORD,
            "DJANGO_SETTINGS_MODULE": "mingbai.settings.testing",
        }  # fmt: skip
        self.keeper = Spoken([sys.executable, str(HERE / "keeper.py")], self.environment)
        self.worker: subprocess.Popen[bytes] | None = None

    def link(self, port: int, more: str = "", *, name: str = "main") -> None:
        """Write messages.toml for a centre on this machine."""
        text = (
            f'[[link]]\nkind = "smpp"\nname = "{name}"\nhost = "127.0.0.1"\nport = {port}\nsystem_id = "{ID}"\n'
            f'password = "env:SMPP_PASSWORD"\nsource = "10690000"\n{more}\n'
        )
        (self.home / "messages.toml").write_text(text, "utf-8")

    def start(self) -> None:
        log = (self.home / "worker.log").open("ab")
        with log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "mingbai.notices.delivery.worker"], env=self.environment, stderr=log
            )

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the worker and wait for it."""
        if self.worker is not None:
            self.worker.send_signal(number)
            self.worker.wait(30)
            self.worker = None

    def log(self) -> str:
        return (self.home / "worker.log").read_text("utf-8")

    def put(self, count: int, text: str, **more: Any) -> list[int]:
        """Messages to as many people; their ids."""
        return list(self.keeper.tell(do="put", count=count, text=text, **more)["ids"])

    def rows(self) -> list[dict[str, Any]]:
        return list(self.keeper.tell(do="rows")["rows"])

    def states(self) -> dict[str, int]:
        return dict(self.keeper.tell(do="states")["states"])

    def all_are(self, state: str, within_s: float = PATIENCE_S) -> None:
        until(lambda: set(self.states()) == {state}, within_s, f"all {state}, but {self.states()}\n{self.log()}")

    def close(self) -> None:
        self.kill()
        self.keeper.kill()
