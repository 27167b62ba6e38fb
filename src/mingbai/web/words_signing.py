"""What signing refuses, in sentences for people: code → (what, how to mend it)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingbai.web.words import Word

SENTENCES: dict[str, tuple[Word, Word]] = {
    "orders.signature_empty": (_("Nothing was drawn."), _("Write your name in the box.")),
    "orders.signature_dot": (
        _("This is too little for a signature."),
        _("Write your whole name, large enough to be read."),
    ),
    "orders.drawing": (_("What was drawn did not arrive whole."), _("Draw it again.")),
    "orders.other_text": (
        _("The page showed another text than this offer's."),
        _("Open the page anew and read it again."),
    ),
    "orders.identity": (
        _("The identity document has to be seen first."),
        _("Look at it, compare name and picture, then tick the box."),
    ),
    "orders.not_present": (
        _("It is too long ago that a code showed who signs."),
        _("Have a new code sent and enter it. Nothing was done."),
    ),
    "orders.no_reason": (_("A reason is needed to see a signed paper."), _("Say why, in a few words.")),
    "orders.no_paper": (_("There is no signed paper of this order."), _("It was confirmed another way, or erased.")),
    "seal.no_time": (
        _("The time authority gives no time just now, so nothing can be signed. Nothing was done."),
        _("Try again in a few minutes, or answer the SMS instead."),
    ),
    "seal.unusable": (
        _("The house's seal cannot be used just now, so nothing can be signed. Nothing was done."),
        _("Answer the SMS instead; the operator has to renew its certificate."),
    ),
    "seal.keys": (
        _("The house's seal is not set up, so nothing can be signed. Nothing was done."),
        _("Answer the SMS instead; the operator has to look at its seal."),
    ),
}
