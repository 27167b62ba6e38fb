"""Detection as a Django app."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "mingbai.detection"
    label = "detection"
