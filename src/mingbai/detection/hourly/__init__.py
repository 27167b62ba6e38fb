"""Detection by the hour: the running window, batch by batch, as calls happen."""

from mingbai.detection.hourly.live import Batch, Live, pause_s

__all__ = ["Batch", "Live", "pause_s"]
