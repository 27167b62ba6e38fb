"""What the receipt page's script says; it has no catalogue of its own."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from mingbai.ledger.verify import Verified
from mingbai.web import words

VALUES = ("block", "verdict", "industry", "how", "purpose")  # lists whose words entries hold; the later wins


def receipt_words() -> dict[str, Any]:
    """Sentences by name, in the reader's language, as JSON can carry them."""
    return {
        "here": _("The check runs in this browser. Nothing is sent."),
        "good": _("This receipt is true."),
        "bad": _("This receipt does not hold."),
        "good_sentence": _("{origin} signed a log in which this stands as entry {index}, exactly as shown below."),
        "says": _("What it says"),
        "what_was_checked": _("What was checked, and what not"),
        "checked": {
            "signature": _("Checked: the head of the log with {size} entries is signed by {origin}."),
            "inclusion": _("Checked: this entry stands in that log at place {index}."),
            "opening": _("Checked: the entry commits to exactly this text; not a letter was changed."),
            "row": _("Checked: this row is number {row} of the {rows} that the entry commits to."),
        },
        "unchecked": unchecked(),
        "failed": failures(),
        "names": names(),
        "values": {key: str(text) for listed in VALUES for key, text in words.LISTS[listed].items()},
    }


def unchecked() -> list[str]:
    return [
        _("Not checked: whether a later entry changed this, such as a withdrawal."),
        _("Not checked: whether the log shows everybody the same head. For that, compare it with somebody else's."),
    ]


def failures() -> dict[str, str]:
    return {
        "unreadable": _("It cannot be read as a receipt. Take the .tlog-proof file as it was downloaded."),
        "version": _("It is of a version that this page does not know."),
        "key": _("The key cannot be read. Paste it as one line, as the log gives it."),
        "signer": _("It is signed by another log than the key belongs to."),
        "signature": _("The signature is not by this key, or the head of the log was changed."),
        "inclusion": _("The entry does not stand in the log that was signed. Text, place or proof was changed."),
        "opening": _("The text and its salt do not belong together."),
        "row": _("The row does not belong to the batch that the entry commits to."),
    }


def names() -> dict[str, str]:
    """Words for the names that entries carry."""
    return {
        "at": _("Time"),
        "at_us": _("Time"),
        "caller": _("Calling number"),
        "callee": _("Called person"),
        "decision": _("Verdict"),
        "code": _("Rule"),
        "use": _("Declared use"),
        "consent": _("Consent cited"),
        "holder": _("Held by"),
        "kind": _("Kind of entry"),
        "subject": _("About"),
        "ref": _("Changes"),
        "content": _("Content"),
        "batch": _("Batch"),
        "principal": _("Firm"),
        "purpose": _("Purpose"),
        "how": _("How"),
        "reference": _("Reference of the proof"),
        "state": _("State"),
        "reason": _("Reason"),
        "proof_sha256": _("SHA-256 of the proof"),
        "wording_sha256": _("SHA-256 of the wording"),
        "expires_at": _("Until"),
        "rows": _("Rows"),
        "root": _("Root"),
        "size": _("Size"),
    }


def told(found: Verified) -> dict[str, Any]:
    """The same sentences for a receipt that the server checked, as the page's template wants them."""
    said = receipt_words()
    values = {"origin": found.origin, "index": found.index, "size": found.size}
    steps = ["signature", "inclusion", "opening"]
    content: Any = {"kind": found.kind, "at": found.at.isoformat(), "content": found.content}
    if found.row:
        values |= {"row": found.row.index + 1, "rows": found.row.size}
        steps.append("row")
        content = found.row.content
    return {
        "verified": found,
        "sentence": said["good_sentence"].format(**values),
        "checked": [said["checked"][step].format(**values) for step in steps],
        "unchecked": said["unchecked"],
        "content": json.dumps(content, ensure_ascii=False, indent=2),
    }
