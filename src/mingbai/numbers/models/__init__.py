"""码号资源: numbers and ranges, who holds them, for whom they call, from which trunks, and since when."""

from mingbai.numbers.models.labels import (
    Label,
    LabelCorrection,
    LabelFetch,
    LabelHook,
    LabelledNumber,
    LabelTelling,
)
from mingbai.numbers.models.resources import Assignment, Contract, FormerLabel, NumberResource, Trunk
from mingbai.numbers.models.restrictions import Restriction
from mingbai.numbers.models.standing import Standing

__all__ = [
    "Assignment",
    "Contract",
    "FormerLabel",
    "Label",
    "LabelCorrection",
    "LabelFetch",
    "LabelHook",
    "LabelTelling",
    "LabelledNumber",
    "NumberResource",
    "Restriction",
    "Standing",
    "Trunk",
]
