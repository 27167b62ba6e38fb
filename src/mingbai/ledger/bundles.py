"""Check a bundle offline: receipts with the text that they are about, in one .zip. Needs no Django, as `verify`."""

from __future__ import annotations

import json
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from mingbai.ledger.verify import ReceiptError, Refused, Verified, refusal, sentence, verify_receipt

LARGEST = 16 * 1024 * 1024
PAPER = "signed.pdf"
RUNNING = frozenset({"proposed", "confirmed", "fulfilled", "leaving"})  # states of what has not ended
_TOLD = ("order", "kind", "price_fen", "channel", "region", "shown_sha256")
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, LookupError, ValueError, RuntimeError
)  # fmt: skip  # what zipfile and the packers it knows raise: bz2 an OSError
_AFTER = {"stayed": "fulfilled"}  # the state after a step that is not called like it


def verify_bundle(path: Path, vkey: str) -> list[Verified]:
    """Check every receipt in a bundle (.zip), and that its texts are those that the receipts name. Raises Refused.

    A bundle holds receipts/*.tlog-proof, all about one thing; shown.txt, whose SHA-256 the first of them commits to as
    `shown_sha256`; order.json, of whose fields those that the first commits to must be the same; and, if one of them
    commits to a `document_sha256`, that very file as signed.pdf, else none.
    """
    if path.stat().st_size > LARGEST:
        raise ReceiptError("the bundle holds no receipts, or is too large", "文件包中没有回执，或文件过大")
    packed = BytesIO(path.read_bytes())  # so that an OSError from here on is what the bundle says, not the disk
    try:
        with zipfile.ZipFile(packed) as file:
            names = sorted(one for one in file.namelist() if one.startswith("receipts/"))
            if not names or sum(one.file_size for one in file.infolist()) > LARGEST:
                raise ReceiptError("the bundle holds no receipts, or is too large", "文件包中没有回执，或文件过大")
            if (damaged := file.testzip()) is not None:
                raise ReceiptError(f"{damaged} is damaged", f"{damaged} 已损坏")
            found = [verify_receipt(file.read(name).decode(), vkey) for name in names]
            shown, told = file.read("shown.txt"), json.loads(file.read("order.json"))
            paper = sha256(file.read(PAPER)).hexdigest() if PAPER in file.namelist() else None
    except Refused:
        raise
    except _UNREADABLE as error:
        raise ReceiptError("the bundle cannot be read", "文件包无法读取") from error
    first = found[0].content
    if (
        not isinstance(first, dict)
        or not isinstance(told, dict)
        or first.get("shown_sha256") != sha256(shown).hexdigest()
    ):
        raise ReceiptError("the text is not the one that was shown", "文本与当时所示不符")
    if (
        not _repeats(told, found, names, shown.decode(errors="replace"))
        or any(told.get(name) != value for name, value in first.items() if name in _TOLD)
        or not _told_alike(told, found)
    ):
        raise ReceiptError("order.json is not what the receipts say", "order.json 与回执不符")
    named = [one.content["document_sha256"] for one in found if "document_sha256" in _said(one)]
    if named != ([paper] if paper else []):
        raise ReceiptError("signed.pdf is not the paper that was signed", "signed.pdf 与签字时封存的文件不符")
    return found


def _said(one: Verified) -> dict[str, Any]:
    return one.content if isinstance(one.content, dict) else {}


def _told_alike(told: dict[str, Any], found: Sequence[Verified]) -> bool:
    """Whether order.json tells tariff, price and steps as the receipts do, and all are about one order."""
    first, steps, terms = found[0].content, told.get("steps"), told.get("terms")
    if not isinstance(steps, list) or not isinstance(terms, dict) or len(steps) != len(found):
        return False
    tariff = first.get("tariff")
    same = isinstance(tariff, dict) and told.get("tariff_sha256") == tariff.get("sha256")
    same &= all(terms.get(name) == first.get(name) for name in ("name", "code", "price", "term", "penalty", "start"))
    for step, one in zip(steps, found, strict=True):
        said = _said(one)
        same &= isinstance(step, dict) and one.kind == f"orders.{step.get('what')}"
        same &= said.get("order") == first.get("order") and one.subject == found[0].subject
    return same


def _repeats(told: dict[str, Any], found: Sequence[Verified], names: Sequence[str], shown: str) -> bool:
    """Whether what order.json tells besides, who did what, when, in which words, stands in receipts or text too."""
    at = [one.at.isoformat(timespec="seconds") for one in found]
    what = [one.kind.removeprefix("orders.") for one in found]
    when, state = dict(zip(what, at, strict=True)), _AFTER.get(what[-1], what[-1])
    how = next((str(_said(one).get("how")) for one in found if one.kind == "orders.confirmed"), "")
    derived = {
        "state": state, "confirmed_how": how, "proposed_at": at[0], "confirmed_at": when.get("confirmed", ""),
        "done_at": when.get("fulfilled", ""), "ended_at": "" if state in RUNNING else at[-1],
    }  # fmt: skip
    steps = [
        {"what": kind, "by": _said(one).get("by"), "detail": str(_said(one).get("detail", ""))[:200], "at": time,
         "receipt": name}
        for kind, one, time, name in zip(what, found, at, names, strict=True)
    ]  # fmt: skip
    terms = told.get("terms")
    words = [told.get("seller"), *(terms.values() if isinstance(terms, dict) else ())]
    texts = [text for one in words for text in (one if isinstance(one, list) else [one])]
    same = all(isinstance(text, str) and " ".join(text.strip().rstrip("。").split()) in f"{shown}无" for text in texts)
    return same and told.get("steps") == steps and all(told.get(name) == value for name, value in derived.items())


def check(path: Path, vkey: str, langs: Sequence[str] = ("zh", "en")) -> tuple[int, str]:
    """(exit status, what to print) for a bundle's file. Raises OSError."""
    try:
        found = verify_bundle(path, vkey)
    except Refused as error:
        return 1, "\n".join(refusal(error, lang) for lang in langs)
    words = {
        "zh": f"文件包成立：{len(found)} 份回执均有效，所示文本与存证一致。",
        "en": f"The bundle holds: its {len(found)} receipts hold, and the text is the one that was shown.",
    }
    if any("document_sha256" in _said(one) for one in found):
        words["zh"] += "签字确认书 signed.pdf 即封存的那一份。"
        words["en"] += " signed.pdf is the very paper that was sealed."
    last = [sentence(found[-1], lang) for lang in langs]
    steps = [f"{one.at:%Y-%m-%d %H:%M:%S} UTC {one.kind}" for one in found]
    return 0, "\n".join([*(words[lang] for lang in langs), *steps, *last])
