"""A real installation."""

import os

from mingbai.settings.base import *  # noqa: F403
from mingbai.settings.base import HOME
from mingbai.settings.reports import LOGGING as LOGGING

SECRET_KEY = os.environ.get("MINGBAI_SECRET_KEY") or HOME.key("django").hex()
# Behind TLS unless told otherwise: a session cookie that travels in the clear is somebody else's session.
_TLS = os.environ.get("MINGBAI_PUBLIC_URL", "").startswith("https://")
SESSION_COOKIE_SECURE = _TLS
CSRF_COOKIE_SECURE = _TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
SECURE_HSTS_SECONDS = 31536000 if _TLS else 0
