"""Appeals as a Django app: at start it words its entries and says what of them an erasure destroys."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mingbai.cases"
    label = "cases"

    def ready(self) -> None:
        from mingbai.cases import actions, events
        from mingbai.ledger.actions import register_shredder

        events.register()
        register_shredder("subscriber:", actions.forget)
