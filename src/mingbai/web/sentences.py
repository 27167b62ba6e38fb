"""What rooms refuse, in sentences for people: code → (what, how to mend it)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingbai.web.words import Word

SENTENCES: dict[str, tuple[Word, Word]] = {
    "msisdn.unreadable": (
        _("This is not a telephone number that we can read."),
        _("Write it as you would dial it, such as 13812345678, 010-12345678 or 4008109889."),
    ),
    "msisdn.unallocated": (_("No such number has been given out."), _("Check the digits.")),
    "msisdn.malformed": (
        _("This is not a telephone number that we can read."),
        _("Write it as you would dial it, such as 13812345678, 010-12345678 or 4008109889."),
    ),
    "web.rate": (_("That was tried too often."), _("Wait an hour, then try again.")),
    "web.file_missing": (_("No file came with the form."), _("Choose a file, then send the form again.")),
    "web.file_too_large": (_("The file is larger than this page takes."), _("Split it and send the parts.")),
    "web.reason_missing": (
        _("A reason is needed before a number is shown."),
        _("Say in at least four characters what you need it for."),
    ),
    "web.forbidden": (
        _("Your account may not do this."),
        _("Ask your organisation's administrator for the role that may."),
    ),
    "web.choice": (_("This choice is not on the list."), _("Choose one of the list.")),
}
