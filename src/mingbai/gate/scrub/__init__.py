"""A campaign list in, the same list out with verdict, reason and the consent cited."""

from mingbai.gate.scrub.running import CODES, ScrubReport, scrub

__all__ = ["CODES", "ScrubReport", "scrub"]
