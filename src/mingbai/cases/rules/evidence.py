"""What may come with a report: a recording in one of the forms that phones make, or the text of an SMS. Pure."""

from __future__ import annotations

from enum import StrEnum

from mingbai.kernel.problems import Problem

MOST = 5  # of one report
LONGEST_SMS = 2000  # characters: a concatenated SMS has 1530 at most
TEXT = "text/plain; charset=utf-8"
# How a file of each form begins, at which byte; a name is nobody's word for it.
_FORMS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"RIFF", "audio/wav"), (0, b"#!AMR", "audio/amr"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"), (0, b"\xff\xf2", "audio/mpeg"), (0, b"OggS", "audio/ogg"),
    (4, b"ftyp", "audio/mp4"), (0, b"fLaC", "audio/flac"),
)  # fmt: skip


class Kind(StrEnum):
    RECORDING = "recording"
    SMS = "sms"


def form_of(data: bytes) -> str:
    """The media type of a recording. Raises Problem for what is none."""
    for at, start, media in _FORMS:
        if data[at : at + len(start)] == start and len(data) > at + len(start):
            return media
    raise Problem("reports.evidence_form", "this is no recording", where="file", mend="WAV, AMR, MP3, M4A, OGG or FLAC")


def sms(text: str) -> bytes:
    """An SMS as it is kept. Raises Problem for an empty one, or one that is too long to be one."""
    kept = text.replace("\r\n", "\n").strip()
    if not 1 <= len(kept) <= LONGEST_SMS:
        raise Problem("reports.evidence_sms", "an SMS has 1 to 2000 characters", where="sms", mend="paste its text")
    return kept.encode()
