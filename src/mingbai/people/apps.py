"""People as a Django app: at start it words its entries, and says how an erasure parts somebody from their number."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mingbai.people"
    label = "people"

    def ready(self) -> None:
        from mingbai.ledger.actions import register_shredder
        from mingbai.people import actions, events

        events.register()
        register_shredder("subscriber:", actions.forget)
