"""The made town on this machine alone: production settings, the handset, and the town's time."""

import os

from mingbai.settings.base import INSTALLED_APPS as BASE_APPS
from mingbai.settings.production import *  # noqa: F403
from mingbai.town.store import set_clock

set_clock()

ROOT_URLCONF = "mingbai.settings.demo_urls"
INSTALLED_APPS = [*BASE_APPS, "mingbai.town"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
FULFIL_URL = "sandbox"
LABEL_HOOKS_LOOPBACK = True
TOWN_GATE = os.environ.get("MINGBAI_GATE", "127.0.0.1:8001")
TOWN_SIP = os.environ.get("MINGBAI_SIP", "")
