"""Where features are computed: DuckDB in this process, or Spark, one machine or many. Both speak one protocol."""

from mingbai.detection.engines.protocol import Engine, opened

__all__ = ["Engine", "opened"]
