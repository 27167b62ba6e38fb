"""DATABASE_URL → Django's database settings, with durability that is not left to defaults."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


def database(url: str, home: Home) -> dict[str, Any]:
    """Settings for `postgresql://user:password@host:port/name?option=…`, or for SQLite under `home` when empty.

    Raises Problem for any other scheme.
    """
    if not url:
        return {
            "ENGINE": "mingbai.ledger.sqlite",
            "NAME": str(home.database),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Problem(
            "settings.database_url",
            f"scheme “{parts.scheme}” is not served",
            where="DATABASE_URL",
            mend="use postgresql://user:password@host:port/name, or leave it unset for SQLite",
        )
    try:
        port = str(parts.port or "")
    except ValueError:
        raise Problem(
            "settings.database_url",
            "its port is no number to 65535",
            where="DATABASE_URL",
            mend="a password with “/”, “:”, “@” or “#” in it is written with %2F, %3A, %40, %23",
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"options": "-c synchronous_commit=on", **dict(parse_qsl(parts.query))},
    }
