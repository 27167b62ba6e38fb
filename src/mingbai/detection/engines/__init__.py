"""Where features are computed: DuckDB in this process, or Spark, one machine or many. Both speak one protocol."""

from mingbai.detection.engines.protocol import Engine, opened
from mingbai.detection.engines.watched import Watched

__all__ = ["Engine", "Watched", "opened"]
