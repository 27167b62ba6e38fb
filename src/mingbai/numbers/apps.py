"""Number resources as a Django app: it gives its ledger entries their wording at start."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "mingbai.numbers"
    label = "numbers"

    def ready(self) -> None:
        from mingbai.numbers import events

        events.register()
