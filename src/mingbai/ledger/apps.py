"""The evidence log as a Django app: the lowest one, in which the others register wording and erasers."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mingbai.ledger"
    label = "ledger"
