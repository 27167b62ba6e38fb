"""Whether a plan version may be published, what it costs, which plans another makes needless. Pure."""

from mingbai.tariffs.rules.findings import Finding, Level, check, errors, key, open_questions, questions

__all__ = ["Finding", "Level", "check", "errors", "key", "open_questions", "questions"]
