from django.apps import AppConfig


class TownConfig(AppConfig):
    name = "mingbai.town"
    label = "town"
