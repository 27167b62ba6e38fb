"""Pure decisions of cases."""

from mingbai.cases.rules.appeals import LONGEST, SHORTEST, Party, made_for, made_from, may_appeal, words

__all__ = ["LONGEST", "SHORTEST", "Party", "made_for", "made_from", "may_appeal", "words"]
