"""Number resources as a Django app: at start it words its ledger entries, and tells calls how numbers were labelled."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "mingbai.numbers"
    label = "numbers"

    def ready(self) -> None:
        from mingbai.calls import labels
        from mingbai.numbers import events, queries

        events.register()
        labels.register(queries.labels_at)
        labels.register_marks(queries.texts_at)
