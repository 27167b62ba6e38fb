"""Consents as a Django app: at start it words its entries, answers its SMS words, and says what an erasure destroys."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "mingbai.consent"
    label = "consent"

    def ready(self) -> None:
        from mingbai.consent import actions, events, replies
        from mingbai.ledger.actions import register_shredder
        from mingbai.notices import inbox

        events.register()
        replies.register()
        inbox.register_judge(replies.refused)
        register_shredder("subscriber:", actions.forget)
