"""Call attempts as a Django app: it gives its ledger entries their wording at start."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "mingbai.calls"
    label = "calls"

    def ready(self) -> None:
        from mingbai.calls import events

        events.register()
