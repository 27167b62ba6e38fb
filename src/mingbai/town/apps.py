"""The made town as a Django app: installed by the demo alone, for its handset page."""

from django.apps import AppConfig


class TownConfig(AppConfig):
    name = "mingbai.town"
    label = "town"
