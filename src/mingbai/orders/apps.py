"""Orders as a Django app: at start it words its entries, answers replies, and says what an erasure destroys."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class OrdersConfig(AppConfig):
    name = "mingbai.orders"
    label = "orders"

    def ready(self) -> None:
        from mingbai.ledger.actions import register_shredder
        from mingbai.orders import actions, events, guards, offers, replies
        from mingbai.tariffs.queries import register_measure

        events.register()
        replies.register()
        register_measure(offers.measure)
        register_shredder("subscriber:", actions.forget)
        pre_migrate.connect(guards.before, sender=self, dispatch_uid="orders.guards")
        post_migrate.connect(guards.after, sender=self, dispatch_uid="orders.guards")
