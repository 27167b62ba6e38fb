"""Consents as a Django app: at start it words its entries, answers its SMS words, and says what an erasure destroys."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "mingbai.consent"
    label = "consent"

    def ready(self) -> None:
        from mingbai.consent import actions, events, replies
        from mingbai.ledger.actions import register_shredder

        events.register()
        replies.register()
        register_shredder("subscriber:", actions.forget)
