"""Words and sentences of reports: kinds of call, how a report came, where it stands, what became of it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

REPORT_KINDS: dict[str, Word] = {
    "marketing": pgettext_lazy("report", "sales call"),
    "malicious": pgettext_lazy("report", "harassment"),
    "fraud": pgettext_lazy("report", "suspected fraud"),
    "other": pgettext_lazy("report", "something else"),
}
REPORT_SOURCES: dict[str, Word] = {
    "web": pgettext_lazy("report", "web page"),
    "my": pgettext_lazy("report", "own page"),
    "sms": pgettext_lazy("report", "SMS"),
    "handset": pgettext_lazy("report", "phone's call list"),
    "hotline": pgettext_lazy("report", "hotline"),
    "partner": pgettext_lazy("report", "partner"),
    "directive": pgettext_lazy("report", "directive of an authority"),
}
REPORT_STATES: dict[str, Word] = {
    "new": pgettext_lazy("report", "received"),
    "standing": pgettext_lazy("report", "counts, being looked into"),
    "joined": pgettext_lazy("report", "joined to an earlier one"),
    "set_aside": pgettext_lazy("report", "kept, does not count"),
    "answered": pgettext_lazy("report", "answered"),
    "open": pgettext_lazy("report", "being looked into"),
}
REPORT_LOOKS: dict[str, Word] = {
    "new": "verify", "standing": "verify", "joined": "label", "set_aside": "label", "answered": "pass", "open": "verify"
}  # fmt: skip
REPORT_STAGES: dict[str, Word] = {
    "forward": pgettext_lazy("report", "to be taken up"),
    "answer": pgettext_lazy("report", "to be answered"),
    "tell": pgettext_lazy("report", "to be told"),
    "done": pgettext_lazy("report", "done"),
}
REPORT_WHYS: dict[str, Word] = {
    "marketing": pgettext_lazy("report", "marketing without consent"),
    "after_refusal": pgettext_lazy("report", "calls after a refusal"),
    "malicious": pgettext_lazy("report", "malicious calls"),
    "fraud": pgettext_lazy("report", "suspected fraud"),
    "legitimate": pgettext_lazy("report", "legitimate call"),
    "quarrel": pgettext_lazy("report", "private quarrel"),
    "not_proven": pgettext_lazy("report", "not proven"),
    "no_call": pgettext_lazy("report", "no such call on record"),
    "acquaintance": pgettext_lazy("report", "the two know each other"),
    "former_user": pgettext_lazy("report", "the number has a new user"),
    "found": pgettext_lazy("report", "the call is on record"),
    "no_records": pgettext_lazy("report", "records do not reach back so far"),
    "no_reporter": pgettext_lazy("report", "no reporter's number"),
    "reinstated": pgettext_lazy("report", "counts after a person looked"),
}
REPORT_FIELDS: dict[str, Word] = {
    "id": pgettext_lazy("report", "number of the report"),
    "reporter": pgettext_lazy("report", "reporter's number"),
    "verified": pgettext_lazy("report", "verified"),
    "number": pgettext_lazy("report", "number reported"),
    "kind": pgettext_lazy("report", "kind"),
    "called_at": pgettext_lazy("report", "time of the call"),
    "duration": pgettext_lazy("report", "length"),
    "text": pgettext_lazy("report", "description"),
    "received_at": pgettext_lazy("report", "time of the report"),
    "batch": pgettext_lazy("report", "batch"),
    "": "–",
}
LISTS: dict[str, dict[str, Word]] = {
    "report_kind": REPORT_KINDS,
    "report_source": REPORT_SOURCES,
    "report_state": REPORT_STATES,
    "report_look": REPORT_LOOKS,
    "report_stage": REPORT_STAGES,
    "report_why": REPORT_WHYS,
    "report_field": REPORT_FIELDS,
}

_AGAIN = _("Look at the page again: it may have changed meanwhile.")
SENTENCES: dict[str, tuple[Word, Word]] = {
    "reports.own": (_("This is your own number."), _("Write the number that called you.")),
    "reports.no_number": (_("There is no number that could be reported."), _("Write the number that called you.")),
    "reports.future": (_("This time is still to come."), _("Write when the call was.")),
    "reports.too_many": (
        _("You reported as many calls today as are taken of one person."),
        _("Go on tomorrow, or ring the hotline."),
    ),
    "reports.kind": (_("This is no kind of call that we know."), _("Choose one from the list.")),
    "reports.long": (_("The description is too long."), _("Say it in a thousand characters.")),
    "reports.no_call": (_("There is no such call to your number."), _("Report it by its number.")),
    "reports.unknown": (_("There is no such report."), _("Check the number, letter by letter.")),
    "reports.not_contestable": (_("This report cannot be contested now."), _AGAIN),
    "reports.not_answerable": (_("This report cannot be answered yet."), _AGAIN),
    "reports.not_to_tell": (_("Nobody waits to be told of this report."), _AGAIN),
    "reports.not_aside": (_("This report is not set aside."), _AGAIN),
    "reports.not_standing": (_("This report does not count now."), _AGAIN),
    "reports.outcome": (_("This is no outcome that we know."), _("Choose one from the list.")),
    "reports.time": (_("This is no time that we can read."), _("Write it as 2026-11-20 15:30.")),
    "reports.file_encoding": (_("The file is in no encoding that we know."), _("Save it in UTF-8.")),
    "reports.file_empty": (_("There is no report in the file."), _("Choose the hotline's file.")),
    "reports.file_column": (
        _("A column is missing or stands twice."),
        _("Name the columns in the first line; “number” must be one of them."),
    ),
    "reports.file_unreadable": (_("The file cannot be read here."), _("Send CSV, JSON or JSON lines.")),
    "reports.file_too_large": (_("The file is too large."), _("Divide it.")),
    "reports.file_too_long": (_("The file has too many rows."), _("Divide it.")),
    "reports.feed": (_("The feed needs a name of at most 40 characters."), _("Name it after the hotline.")),
    "reports.country": (_("This is no country code."), _("Write up to three digits, such as 86.")),
    "reports.row_number": (_("There is no number reported."), _("Write who called.")),
    "reports.row_reporter": (_("The reporter's number is nobody's."), _("Write who was called, or leave it out.")),
    "reports.row_yes_no": (_("This is neither yes nor no."), _("Write yes or no.")),
    "reports.row_time": (_("This is no time that we can read."), _("Write it as 2026-11-20 15:30.")),
    "reports.row_duration": (_("This is no length of a call."), _("Write seconds, or 1:20.")),
    "reports.row_id_twice": (_("This number stands for another report above."), _("Give each report its own.")),
    "reports.row_long_id": (_("This is too long."), _("Use at most 64 characters, 40 for a batch.")),
    "reports.row_long_cell": (_("A cell is too long."), _("Shorten it.")),
    "reports.row_cut": (_("The file ends within this row."), _("Send the whole file again.")),
    "directives.no_authority": (_("Only an authority directs."), _("Log in as one.")),
    "directives.reference": (_("The reference is missing or too long."), _("Write up to 40 characters.")),
    "directives.past": (_("This day is past."), _("Give a day that is to come.")),
    "directives.known": (_("This reference was used for another directive."), _("Give another one.")),
    "directives.unknown": (_("There is no such directive."), _AGAIN),
    "directives.answered": (_("This directive is answered already."), _AGAIN),
}
