from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "mingbai.gate.feed"
    label = "feed"
