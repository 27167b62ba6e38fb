"""Tariffs as a Django app: at start it words its ledger entries."""

from django.apps import AppConfig


class TariffsConfig(AppConfig):
    name = "mingbai.tariffs"
    label = "tariffs"

    def ready(self) -> None:
        from mingbai.tariffs import events

        events.register()
