"""Detection as a Django app: it gives its ledger entries their wording at start."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "mingbai.detection"
    label = "detection"

    def ready(self) -> None:
        from mingbai.detection import events

        events.register()
