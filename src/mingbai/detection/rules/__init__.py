"""Pure decisions of detection: rules, score, spoofing, campaigns. NumPy and Arrow, no Django."""

from mingbai.detection.rules.conduct import AGAINST, CODES, RULES
from mingbai.detection.rules.judging import FINDINGS, judge, judge_all, scores_of
from mingbai.detection.rules.sorts import Sort, sort_of

__all__ = ["AGAINST", "CODES", "FINDINGS", "RULES", "Sort", "judge", "judge_all", "scores_of", "sort_of"]
