"""Sellers as a Django app: at start it words its ledger entries."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "mingbai.channels"
    label = "channels"

    def ready(self) -> None:
        from mingbai.channels import events

        events.register()
