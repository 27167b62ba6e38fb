from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "mingbai.notices"
    label = "notices"
