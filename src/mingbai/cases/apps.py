"""Cases as a Django app: at start it words its entries, takes reports by SMS, says what an erasure destroys."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mingbai.cases"
    label = "cases"

    def ready(self) -> None:
        from mingbai.cases import actions, events, replies, steps
        from mingbai.cases.actions import casework
        from mingbai.cases.actions import evidence as brought
        from mingbai.ledger.actions import register_shredder

        events.register()
        steps.register()
        replies.register()
        register_shredder("subscriber:", actions.forget)
        register_shredder("subscriber:", actions.forget_reporter)
        register_shredder("subscriber:", casework.forget)
        register_shredder("subscriber:", brought.forget)
