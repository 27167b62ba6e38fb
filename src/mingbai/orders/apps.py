"""Orders as a Django app: at start it words its entries, answers replies, and says what an erasure destroys."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "mingbai.orders"
    label = "orders"

    def ready(self) -> None:
        from mingbai.ledger.actions import register_shredder
        from mingbai.orders import actions, events, replies

        events.register()
        replies.register()
        register_shredder("subscriber:", actions.forget)
