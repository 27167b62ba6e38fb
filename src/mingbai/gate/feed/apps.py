"""The feed as a Django app: it has no tables, and nothing to register."""

from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "mingbai.gate.feed"
    label = "feed"
