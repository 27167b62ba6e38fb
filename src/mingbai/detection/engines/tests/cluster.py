"""A standalone Spark of the pip package: a master and workers as processes of this test's own, on loopback alone."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyspark
import pytest

from mingbai.kernel import clock

_HOME = Path(pyspark.__file__).parent
_LONGEST_S = 120
# what is written for these few rows would take longer to compile than to run
_DEFAULTS = """
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.shuffle.partitions 4
spark.executor.memory 512m
spark.executor.cores 1
spark.driver.memory 1g
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@contextmanager
def standalone(place: Path, ports: Iterator[int], *, workers: int = 2) -> Iterator[str]:
    """A master with workers of one core each; yields its address. What drivers need stands in SPARK_CONF_DIR."""
    conf = place / "conf"
    conf.mkdir(parents=True)
    (conf / "spark-defaults.conf").write_text(_DEFAULTS)
    environment = {
        **os.environ, "SPARK_HOME": str(_HOME), "SPARK_CONF_DIR": str(conf), "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1", "SPARK_LOCAL_DIRS": str(place / "local"),
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }  # fmt: skip
    master = f"spark://127.0.0.1:{next(ports)}"
    started: list[subprocess.Popen[str]] = []
    address = ["--host", "127.0.0.1", "--port"]
    try:
        kind = "org.apache.spark.deploy.master.Master"
        command = [kind, *address, master.rpartition(":")[2], "--webui-port", str(next(ports))]
        started.append(_started(command, environment, "I have been elected leader"))
        for number in range(workers):
            kind = "org.apache.spark.deploy.worker.Worker"
            work = ["--cores", "1", "--memory", "1g", "--work-dir", str(place / f"worker-{number}")]
            command = [kind, *address, str(next(ports)), "--webui-port", str(next(ports)), *work, master]
            started.append(_started(command, environment, "Successfully registered with master"))
        with pytest.MonkeyPatch.context() as patch:
            for name in ("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_LOCAL_IP", "SPARK_LOCAL_DIRS"):
                patch.setenv(name, environment[name])
            yield master
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=60)
            if process.stderr:
                process.stderr.close()


def _started(command: list[str], environment: dict[str, str], word: str) -> subprocess.Popen[str]:
    """The process, once it has said `word`. What it says after that goes nowhere it could wait on."""
    process = subprocess.Popen(
        [str(_HOME / "bin" / "spark-class"), *command],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        _wait_for(process.stderr, word)
    except BaseException:
        process.kill()
        process.wait()
        process.stderr.close()
        raise
    return process


def _wait_for(lines: IO[str], word: str) -> None:
    said, until = "", clock.monotonic() + _LONGEST_S
    with selectors.DefaultSelector() as chosen:
        chosen.register(lines, selectors.EVENT_READ)
        while word not in said:
            if not chosen.select(timeout=max(0.0, until - clock.monotonic())):
                raise TimeoutError(f"“{word}” was not said in {_LONGEST_S} s; but: {said[-2_000:]}")
            part = os.read(lines.fileno(), 65_536).decode(errors="replace")
            if not part:
                raise RuntimeError(f"ended before “{word}”: {said[-2_000:]}")
            said += part


def left(place: Path) -> list[str]:
    """Command lines of processes that still run and name `place`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(place) in line:
                found.append(line[:300])
    return found
