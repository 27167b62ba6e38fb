"""Spark: all cores of this machine, or a cluster. Its parts of Python run here alone: what workers run is the JVM's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import ibis
import pyarrow as pa

from mingbai.detection.engines.protocol import Source, unbound
from mingbai.kernel.problems import Problem
from mingbai.kernel.scratch import Scratch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "true",
    # with as many columns as here, Spark otherwise thinks for minutes about which may not be NULL
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
"""Whatever the cluster's own spark-defaults.conf says besides holds."""


class Spark:
    """An Engine on `master`, or on this machine with `threads` (default: all cores) and `memory_gb` for the JVM.

    Raises Problem when pyspark or Java is not installed, or the master does not answer.
    """

    def __init__(self, master: str = "", *, spill: Path | None = None, memory_gb: int = 0, threads: int = 0) -> None:
        self._spill = Scratch(spill) if spill else None
        self._session = _session(master, self._spill.path if self._spill else None, memory_gb, threads)
        self._kept: dict[str, DataFrame] = {}

    def read(self, name: str, source: Source, schema: pa.Schema) -> ibis.Table:
        wanted = ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in schema)
        if isinstance(source, pa.Table):
            rows = source.select(schema.names).cast(schema)
            frame = self._session.createDataFrame(rows, wanted) if len(rows) else self._none(wanted)
        else:
            frame = self._session.read.schema(wanted).parquet(*source) if source else self._none(wanted)
        frame.select(*schema.names).createOrReplaceTempView(name)
        return unbound(name, schema)

    def _none(self, wanted: str) -> DataFrame:
        return self._session.createDataFrame([], wanted)

    def keep(self, name: str, found: ibis.Table) -> ibis.Table:
        # computed now, without the way it came about: plans that contain plans take Spark minutes to think over
        frame = self._session.sql(ibis.to_sql(found, dialect="pyspark")).localCheckpoint(eager=True)
        frame.createOrReplaceTempView(name)
        self._kept[name] = frame
        return ibis.table(found.schema(), name=name)

    def fetch(self, found: ibis.Table) -> pa.Table:
        return self._session.sql(ibis.to_sql(found, dialect="pyspark")).toArrow()

    def drop(self, *names: str) -> None:
        for name in names:
            if name in self._kept:
                self._kept.pop(name).unpersist()

    def close(self) -> None:
        """Ends the session and the JVM that this process started for it."""
        from pyspark import SparkContext

        self._session.stop()
        gateway: Any = SparkContext._gateway
        SparkContext._gateway = SparkContext._jvm = None
        if gateway is not None:
            process = getattr(gateway, "proc", None)
            gateway.shutdown()
            if process is not None:
                process.stdin.close()  # the JVM ends when its standard input does
                process.wait(timeout=60)
        if self._spill:
            self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def _session(master: str, spill: Path | None, memory_gb: int, threads: int) -> SparkSession:
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise Problem(
            "detection.no_spark", "Spark is not installed", mend='install it with: pip install "mingbai[spark]"'
        ) from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Problem("detection.no_java", "Spark needs Java 17 or 21", mend="apt install openjdk-17-jre-headless")
    settings: dict[str, bool | float | int | str | None] = dict(_SETTINGS)
    if not master:
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
        settings["spark.driver.memory"] = f"{memory_gb or 4}g"
        settings["spark.sql.shuffle.partitions"] = str(4 * (threads or os.cpu_count() or 1))
    if spill:
        settings["spark.local.dir"] = str(spill)
    building = SparkSession.builder.appName("mingbai detect").master(master or f"local[{threads or '*'}]")
    try:
        return building.config(map=settings).getOrCreate()
    except PySparkRuntimeError as fault:
        raise Problem("detection.no_spark", f"Spark did not start: {fault}", where=master) from None


_TYPES = {
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.string(): "STRING",
}
