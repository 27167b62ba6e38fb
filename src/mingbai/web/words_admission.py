"""Words and sentences of admission: applications, papers, the checklist, likenesses, SIM orders, the chain."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

STATES: dict[str, Word] = {
    "draft": pgettext_lazy("application", "being filled in"),
    "submitted": pgettext_lazy("application", "waits for review"),
    "findings": pgettext_lazy("application", "sent back to be mended"),
    "refused": pgettext_lazy("application", "not approved"),
    "withdrawn": pgettext_lazy("application", "withdrawn"),
    "approved": pgettext_lazy("application", "contract to be signed"),
    "signed": pgettext_lazy("application", "waits to be allocated"),
    "allocated": pgettext_lazy("application", "allocated"),
    "ended": pgettext_lazy("application", "ended"),
}
LOOKS: dict[str, Word] = {
    "draft": "none", "submitted": "verify", "findings": "label", "refused": "refuse", "withdrawn": "none",
    "approved": "label", "signed": "verify", "allocated": "pass", "ended": "none",
}  # fmt: skip
SORTS: dict[str, Word] = {
    "numbers": pgettext_lazy("application", "number or range"),
    "line": pgettext_lazy("application", "line (trunk)"),
}
PAPERS: dict[str, Word] = {
    "business_licence": _("business licence"),
    "telecom_licence": _("telecom licence"),
    "number_certificate": _("number certificate"),
    "number_filing": _("number filing"),
    "business_plan": _("business plan"),
}
ITEMS: dict[str, Word] = {
    "papers": _("The five papers are this firm's and in force."),
    "identity": _("Name, licence, legal person and contact agree with each other."),
    "use": _("Declared use and industry fit the business and its licences."),
    "volume": _("The calling volume is plausible for this business."),
    "hours": _("The hours are those in which such calls may be made."),
    "trunks": _("The lines are known and belong to the carrier named."),
    "sendable": _("The numbers that may be sent are the applicant's."),
    "chain": _("Carrier, reseller, call centre and principal are named and contracted."),
}
DOUBTS: dict[str, Word] = {
    "paper_expiring": _("a paper expires soon"),
    "paper_expired": _("a paper has expired"),
    "use_differs": _("calls for another purpose than declared"),
    "volume_exceeded": _("more calls a day than declared"),
    "hours_outside": _("calls outside the declared hours"),
    "trunk_foreign": _("calls over a line that is not registered"),
    "number_foreign": _("numbers sent that the line is not registered for"),
    "changed_late": _("a change was refiled late"),
}
DECISIONS: dict[str, Word] = {
    "settled": pgettext_lazy("doubt", "settled"),
    "warned": pgettext_lazy("doubt", "the firm was told to mend it"),
}
TRAITS: dict[str, Word] = {
    "itself": _("the same firm"),
    "name": _("name without legal form"),
    "licence": _("licence number"),
    "legal_person": _("legal person"),
    "contact": _("contact number"),
    "address": _("address"),
    "bank": _("bank account"),
}
WHY_OUT: dict[str, Word] = {
    "limit": _("kept from coming back"),
    "barred": _("kept from coming back by a case"),
    "contract_ended": _("contract ended by a case"),
    "shut": _("numbers were shut"),
}
VERDICTS: dict[str, Word] = {
    "open": pgettext_lazy("entry", "waits for a decision"),
    "first_yes": pgettext_lazy("entry", "one yes, a second person decides"),
    "let_through": pgettext_lazy("entry", "let through"),
    "kept_out": pgettext_lazy("entry", "kept out"),
}
VERDICT_LOOKS: dict[str, Word] = {
    "open": "verify", "first_yes": "verify", "let_through": "pass", "kept_out": "refuse"
}  # fmt: skip
SIM_REASONS: dict[str, Word] = {
    "many_to_place": _("many cards to one place"),
    "many_to_person": _("many cards to one person"),
    "listed_place": _("a listed place"),
    "kept_out": _("place or number of a firm that was put out"),
}
LINKS: dict[str, Word] = {
    "carrier": _("Carrier"),
    "reseller": _("Reseller"),
    "call_centre": _("Call centre"),
    "enterprise": _("Enterprise"),
    "number": _("Number"),
}
ENDINGS: dict[str, Word] = {
    "returned": pgettext_lazy("ending", "given back"),
    "shut": pgettext_lazy("ending", "shut"),
}
RESTRICTIONS: dict[str, Word] = {
    "limited": pgettext_lazy("restriction", "frequency limited"),
    "suspended": pgettext_lazy("restriction", "outgoing calls suspended"),
    "shut": pgettext_lazy("restriction", "shut"),
    "contract_ended": pgettext_lazy("restriction", "contract ended"),
    "barred": pgettext_lazy("restriction", "kept from coming back"),
}
LISTS: dict[str, dict[str, Word]] = {
    "restriction_kind": RESTRICTIONS,
    "application_state": STATES,
    "application_look": LOOKS,
    "application_sort": SORTS,
    "paper": PAPERS,
    "check_item": ITEMS,
    "doubt": DOUBTS,
    "doubt_decision": DECISIONS,
    "trait": TRAITS,
    "why_out": WHY_OUT,
    "entry_verdict": VERDICTS,
    "entry_look": VERDICT_LOOKS,
    "sim_reason": SIM_REASONS,
    "chain_link": LINKS,
    "number_ending": ENDINGS,
}

SENTENCES: dict[str, tuple[Word, Word]] = {
    "admission.not_yours": (_("Your account may not do that."), _("Somebody with another role, or the firm, does it.")),
    "admission.papers": (
        _("A paper is missing or has expired."),
        _("Hand in all five, each in force, then submit again."),
    ),
    "admission.paper_expired": (_("This paper has expired."), _("Hand in the one that is in force.")),
    "admission.file_kind": (_("This is no PDF, PNG or JPEG."), _("Scan the paper to one of these.")),
    "admission.file_large": (_("The file is larger than 20 MB."), _("Scan it with fewer dots per inch.")),
    "admission.file_gone": (_("This file was destroyed when its time was over."), ""),
    "admission.kind": (
        _("This kind of number is not given to firms that call."),
        _("Apply for a 95, 96, 400, 1010 or fixed number."),
    ),
    "admission.number": (_("The number or range wanted is missing."), _("Write the first and the last number.")),
    "admission.range": (_("This is no range of one kind, from the smaller to the larger."), _("Correct the numbers.")),
    "admission.line": (_("A line has a name of letters, digits and ._:-"), _("Write the name of the line.")),
    "admission.sendable": (_("The numbers that may be sent are missing or do not rise."), _("One range a line.")),
    "admission.sendable_foreign": (
        _("A number to be sent is not registered for you."),
        _("Name numbers that you or your principal hold."),
    ),
    "admission.use": (_("The use is missing."), _("Choose what the calls are for.")),
    "admission.use_forbidden": (
        _("Calls of this use are not licensed under the rules in force."),
        _("See the rules; choose another use."),
    ),
    "admission.industry": (_("The industry is missing."), _("Choose one.")),
    "admission.volume": (
        _("The calls a minute, an hour and a day do not go together."),
        _("Each is at least one, and no smaller than the one before."),
    ),
    "admission.hours": (_("The hours are not right."), _("Full quarters of an hour, the end after the beginning.")),
    "admission.hours_outside": (
        _("Such calls may not be made at all of these hours."),
        _("Stay within the hours of the rules."),
    ),
    "admission.words": (_("A few words are needed, 4 to 500 characters."), _("Write a little more, or less.")),
    "admission.carrier": (_("The carrier is not an operator registered here."), _("Choose one from the list.")),
    "admission.firm": (_("A firm named here is not registered, or not active."), _("Check its name.")),
    "admission.reseller": (_("Nobody resells to itself."), _("Leave the reseller empty.")),
    "admission.trunk": (_("There is no such line."), _("Check the name of the line.")),
    "admission.trunk_carrier": (_("A line belongs to another carrier."), _("Name lines of the carrier chosen.")),
    "admission.identity": (
        _("Licence, legal person, contact, address and bank account are needed."),
        _("Write them as they stand on the papers."),
    ),
    "admission.state": (_("The application does not stand where this can be done."), _("Open it again to see.")),
    "admission.second_person": (
        _("Whoever entered any of it does not review or decide it."),
        _("A colleague does."),
    ),
    "admission.second_look": (_("Letting through takes two people."), _("Somebody else has to look too.")),
    "admission.likeness": (
        _("The applicant is like a firm that was put out, and that is not decided."),
        _("Two people decide on it under Entry."),
    ),
    "admission.checklist": (_("An item of the checklist is not answered."), _("Say yes or no to each.")),
    "admission.note": (_("A no needs a note."), _("Say what is wanting.")),
    "admission.not_all": (_("An item of the checklist is a no."), _("Send the application back or refuse it.")),
    "admission.decided": (_("This is decided already."), ""),
    "admission.signer": (_("The name of who signs is missing."), _("Write your full name.")),
    "admission.other_text": (_("The text has changed since you read it."), _("Read it again, then sign.")),
    "admission.unsigned": (_("The contract is not signed yet."), ""),
    "admission.change_open": (_("Another change of this number is open."), _("Finish or withdraw that one first.")),
    "admission.changed_on": (_("The day of the change lies ahead."), _("Refile what has happened.")),
    "admission.other_number": (_("A change is of the same number."), _("Apply for another number anew.")),
    "admission.line_in_use": (_("A number comes from this line alone."), _("Give it another line first.")),
    "admission.address": (_("This is no address."), _("Write it in full.")),
    "admission.day": (_("This is no day."), _("Write it as 2026-11-22.")),
    "admission.too_many_open": (_("Too many applications are open."), _("Finish or withdraw some first.")),
    "api.no_chain": (
        _("Nobody that you may know of is registered for this number at that moment."),
        _("Check number and moment."),
    ),
    "numbers.taken": (_("A number of it is registered already."), _("Choose another.")),
    "numbers.resting": (_("A number of it was given back and still rests."), _("Choose another, or wait.")),
}
