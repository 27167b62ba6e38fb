"""Messages as a Django app: at start it says what of them an erasure destroys."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "mingbai.notices"
    label = "notices"

    def ready(self) -> None:
        from django.conf import settings

        from mingbai.ledger.actions import register_shredder
        from mingbai.notices import erasure, events, wording
        from mingbai.notices.actions import commercial

        wording.load(settings.HOME)
        events.register()
        commercial.register()
        register_shredder("subscriber:", erasure.forget)
