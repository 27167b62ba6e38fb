"""Every style of calling in the town, in small files: nuisance, riders, lines, sellers. Those that need more than
ranges (bombing, quarrels, hopping, spoofing, hotlines) stand beside this folder."""

from __future__ import annotations

from mingbai.town.records.styles import lines, nuisance, riders, sellers

ALL = (*nuisance.STYLES, *riders.STYLES, *lines.STYLES, *sellers.STYLES)

__all__ = ["ALL"]
