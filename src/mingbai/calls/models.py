"""What of the gate's journal is in the lake and in the ledger."""

from __future__ import annotations

from django.db import models


class Segment(models.Model):
    """日志段: one closed journal segment, anchored. Made in the transaction of its ledger entry, when its rows are in
    the lake already; so a segment that has no row here is stored (again), and one that has is only cleared away."""

    name = models.CharField(max_length=32, primary_key=True)
    entry = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    unreadable = models.PositiveIntegerField()
    quarter = models.CharField(max_length=6)  # whose key its row salts derive from
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
