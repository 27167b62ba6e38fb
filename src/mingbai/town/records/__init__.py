"""The town's call records: a million people and everybody who calls them, good and bad, with the truth known."""

from mingbai.town.records.knobs import Knobs
from mingbai.town.records.writing import generate, small

__all__ = ["Knobs", "generate", "small"]
