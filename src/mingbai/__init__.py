"""Mingbai (明白): nobody is called, sold to or charged without having been told and having said yes."""

from mingbai import compiled

__version__ = "0.1.0"

compiled.use()
