"""What the pages keep for themselves: how often something was tried."""

from __future__ import annotations

from django.db import models


class Tried(models.Model):
    """Tries of one thing within an hour of the first, counted by all web processes together; no ledger entry."""

    key = models.BinaryField(max_length=16, primary_key=True)  # a hash: names, numbers and addresses stay out
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)
