"""Features of callers, holders, trunks and called people: defined once, in Ibis, for every engine."""

from mingbai.detection.features.columns import INPUTS, TABLES
from mingbai.detection.features.counting import Counting, Window
from mingbai.detection.features.plan import features
from mingbai.detection.features.steps import Given

__all__ = ["INPUTS", "TABLES", "Counting", "Given", "Window", "features"]
