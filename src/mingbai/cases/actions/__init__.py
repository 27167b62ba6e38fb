"""申诉: ask for a verdict to be looked at, answer that, look at a verdict as staff."""

from mingbai.cases.actions.appeals import answer, appeal, forget, look

__all__ = ["answer", "appeal", "forget", "look"]
