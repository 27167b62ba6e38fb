"""The made town on this machine alone: production settings, and the handset."""

from mingbai.settings.base import INSTALLED_APPS as BASE_APPS
from mingbai.settings.production import *  # noqa: F403

ROOT_URLCONF = "mingbai.settings.demo_urls"
INSTALLED_APPS = [*BASE_APPS, "mingbai.town"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
