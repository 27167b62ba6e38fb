"""The keys under which numbers are found and sealed, one instance a thread."""

from __future__ import annotations

import threading

from django.conf import settings

from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup, Sealer

_local = threading.local()


def _home() -> Home:
    home: Home = settings.HOME
    return home


def lookup() -> Lookup:
    """This thread's Lookup under the installation's key."""
    found: Lookup | None = getattr(_local, "lookup", None)
    if found is None:
        found = _local.lookup = Lookup(_home().key("lookup"))
    return found


def sealer() -> Sealer:
    """This thread's Sealer under the installation's key."""
    found: Sealer | None = getattr(_local, "sealer", None)
    if found is None:
        found = _local.sealer = Sealer(_home().key("number"))
    return found
