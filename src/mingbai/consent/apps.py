from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "mingbai.consent"
    label = "consent"
