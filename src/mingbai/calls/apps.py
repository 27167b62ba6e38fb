from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "mingbai.calls"
    label = "calls"
