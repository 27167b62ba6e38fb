"""The evidence log's tables. Only this room touches them; the tiles under `log/` are made from them."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One fact, committed in the transaction that made it true.

    The leaf is `commitment` alone, SHA256(salt ‖ content); salt and content stand in `opening`, sealed under the key of
    `subject`. `index` is empty until the integrator has put the entry in order.
    """

    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=48, blank=True)
    ref = models.CharField(max_length=48, blank=True)
    at_us = models.BigIntegerField()
    commitment = models.BinaryField(max_length=32)
    opening = models.BinaryField()
    index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = (
            models.Index(fields=["id"], condition=models.Q(index__isnull=True), name="entry_unordered"),
            models.Index(fields=["subject", "id"], condition=~models.Q(subject=""), name="entry_subject"),
        )


class SubjectKey(models.Model):
    """The key under which a subject's openings are sealed, itself wrapped by the key `vault`; empty once shredded."""

    subject = models.CharField(max_length=48, primary_key=True)
    wrapped = models.BinaryField()
    shredded_at = models.DateTimeField(null=True)


class Checkpoint(models.Model):
    """Every checkpoint ever signed, as published. Nothing stands here that the signature does not cover."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()


class Document(models.Model):
    """A file that is evidence, sealed under its subject's key; an entry of the log commits to its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)  # of the file, hex
    subject = models.CharField(max_length=48)
    sealed = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["subject"], name="document_subject"),)
