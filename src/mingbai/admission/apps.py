"""Admission as a Django app: at start it words its ledger entries."""

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    name = "mingbai.admission"
    label = "admission"

    def ready(self) -> None:
        from mingbai.admission import events

        events.register()
