"""Numbers as a Django app: at start it words its entries, forgets with a subscriber, tells calls what labels were."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "mingbai.numbers"
    label = "numbers"

    def ready(self) -> None:
        from mingbai.calls import labels
        from mingbai.ledger.actions import register_shredder
        from mingbai.numbers import events, queries
        from mingbai.numbers.actions.label_corrections import forget

        events.register()
        register_shredder("subscriber:", forget)
        labels.register(queries.labels_at)
        labels.register_marks(queries.texts_at)
