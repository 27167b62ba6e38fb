"""What of the gate's journal, and of switches' records, is in the lake and in the ledger."""

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


class Import(models.Model):
    """导入: files of call records that were put into the lake together, made in the transaction of the ledger entry,
    when their rows are in the lake already; so an import that has no row here is done (again)."""

    name = models.CharField(max_length=32, unique=True)  # of its files in the lake, from the digests of what was read
    entry = models.BigIntegerField()
    format = models.CharField(max_length=12)
    source = models.CharField(max_length=40)
    rows = models.BigIntegerField()
    good = models.BigIntegerField()
    bad = models.BigIntegerField()
    repeats = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
    made_at = models.DateTimeField()


class ImportedFile(models.Model):
    """One file of an import: the same bytes are never imported twice."""

    sha256 = models.BinaryField(max_length=32, unique=True)
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="files")
    segment = models.CharField(max_length=32, unique=True)  # what its rows in the lake have as segment
    rows = models.BigIntegerField()
    good = models.BigIntegerField()
    bad = models.BigIntegerField()
