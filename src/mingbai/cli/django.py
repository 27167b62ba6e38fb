"""Django for the commands that need it."""

from __future__ import annotations

import os


def setup(settings: str = "mingbai.settings.production") -> None:
    """Load Django with `settings`, or with DJANGO_SETTINGS_MODULE when that is set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    import django

    django.setup()
