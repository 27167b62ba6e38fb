from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    label = "web"
