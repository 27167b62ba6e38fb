"""Words and sentences of cases: grounds, checks, findings, measures, and where each stands."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

CASE_GROUNDS: dict[str, Word] = {
    "reports": pgettext_lazy("case", "reports of several people"),
    "detection": pgettext_lazy("case", "detection"),
    "directive": pgettext_lazy("case", "directive of an authority"),
    "hand": pgettext_lazy("case", "by hand"),
}
CASE_STATES: dict[str, Word] = {
    "open": pgettext_lazy("case", "nobody has taken it up"),
    "verifying": pgettext_lazy("case", "being verified"),
    "found": pgettext_lazy("case", "found"),
    "closed": pgettext_lazy("case", "closed"),
    "overturned": pgettext_lazy("case", "overturned on appeal"),
}
CASE_LOOKS: dict[str, Word] = {
    "open": "label", "verifying": "verify", "found": "refuse", "closed": "none", "overturned": "pass"
}  # fmt: skip
CHECKS: dict[str, Word] = {
    "pattern": pgettext_lazy("case", "Call pattern"),
    "sample": pgettext_lazy("case", "Content sample"),
    "test_call": pgettext_lazy("case", "Test call"),
    "holder_answer": pgettext_lazy("case", "The holder's answer"),
}
SEEN: dict[str, Word] = {
    "confirms": pgettext_lazy("case", "confirms it"),
    "contradicts": pgettext_lazy("case", "speaks against it"),
    "undecided": pgettext_lazy("case", "does not decide it"),
    "impossible": pgettext_lazy("case", "could not be made"),
}
EVIDENCE: dict[str, Word] = {
    "recording": pgettext_lazy("evidence", "recording"),
    "sms": pgettext_lazy("evidence", "text of an SMS"),
}
SOURCES: dict[str, Word] = {
    "reporter": pgettext_lazy("case", "the reporter's own recording"),
    "centre": pgettext_lazy("case", "the call centre's obligatory recording"),
    "test_call": pgettext_lazy("case", "our own test call"),
}
FINDINGS: dict[str, Word] = {
    "marketing": pgettext_lazy("case", "marketing without consent"),
    "after_refusal": pgettext_lazy("case", "call after a refusal"),
    "malicious": pgettext_lazy("case", "malicious"),
    "fraud": pgettext_lazy("case", "fraud suspected"),
    "legitimate": pgettext_lazy("case", "legitimate"),
    "quarrel": pgettext_lazy("case", "private quarrel"),
    "not_proven": pgettext_lazy("case", "not proven"),
}
MEASURES: dict[str, Word] = {
    "block": pgettext_lazy("case", "block for those who reported"),
    "label": pgettext_lazy("case", "label"),
    "limit": pgettext_lazy("case", "frequency limit"),
    "suspend": pgettext_lazy("case", "outgoing calls suspended"),
    "shut": pgettext_lazy("case", "number shut"),
    "warn": pgettext_lazy("case", "warning under the contract"),
    "end_contract": pgettext_lazy("case", "contract ended"),
    "bar": pgettext_lazy("case", "kept from coming back"),
    "police": pgettext_lazy("case", "handed to the police"),
}
SCOPES: dict[str, Word] = {
    "number": pgettext_lazy("case", "the number"),
    "holder": pgettext_lazy("case", "the holder, with all its numbers"),
    "principal": pgettext_lazy("case", "the principal, by whatever number"),
}
STAGES: dict[str, Word] = {
    "proposed": pgettext_lazy("case", "waits for a second person"),
    "waiting": pgettext_lazy("case", "decided, begins later"),
    "standing": pgettext_lazy("case", "stands"),
    "ended": pgettext_lazy("case", "ended by itself"),
    "lifted": pgettext_lazy("case", "lifted"),
    "declined": pgettext_lazy("case", "not approved"),
    "dropped": pgettext_lazy("case", "taken back"),
}
STAGE_LOOKS: dict[str, Word] = {
    "proposed": "verify", "waiting": "label", "standing": "refuse", "ended": "none", "lifted": "pass",
    "declined": "none", "dropped": "none",
}  # fmt: skip
STEPS: dict[str, Word] = {
    "opened": pgettext_lazy("case", "Opened on"),
    "taken_up": pgettext_lazy("case", "Taken up"),
    "checked": pgettext_lazy("case", "Checked"),
    "sampled": pgettext_lazy("case", "Recording added"),
    "heard": pgettext_lazy("case", "Recording heard"),
    "asked": pgettext_lazy("case", "Holder asked"),
    "holder_answered": pgettext_lazy("case", "Holder answered"),
    "found": pgettext_lazy("case", "Found"),
    "proposed": pgettext_lazy("case", "Measure proposed"),
    "approved": pgettext_lazy("case", "Approved by a second person"),
    "began": pgettext_lazy("case", "Stands from now on"),
    "ended": pgettext_lazy("case", "Ended by itself"),
    "lifted": pgettext_lazy("case", "Lifted"),
    "declined": pgettext_lazy("case", "Not approved"),
    "dropped": pgettext_lazy("case", "Taken back"),
    "notified": pgettext_lazy("case", "Holder told"),
    "appealed": pgettext_lazy("case", "Appealed"),
    "upheld": pgettext_lazy("case", "Appeal upheld, all undone"),
    "rejected": pgettext_lazy("case", "Appeal rejected"),
    "closed": pgettext_lazy("case", "Closed"),
}
APPEAL_OUTCOMES: dict[str, Word] = {
    "upheld": pgettext_lazy("case", "upheld: everything is lifted"),
    "rejected": pgettext_lazy("case", "rejected"),
}
APPEAL_LOOKS: dict[str, Word] = {"upheld": "pass", "rejected": "refuse"}

LINKS: dict[str, Word] = {
    "carrier": pgettext_lazy("case", "carries it"),
    "reseller": pgettext_lazy("case", "resells it"),
    "call_centre": pgettext_lazy("case", "holds the number"),
    "enterprise": pgettext_lazy("case", "is called for"),
    "number": pgettext_lazy("case", "the number"),
}
RESTRICTIONS: dict[str, Word] = {
    "limited": pgettext_lazy("case", "limited"),
    "suspended": pgettext_lazy("case", "outgoing calls suspended"),
    "shut": pgettext_lazy("case", "number shut"),
    "contract_ended": pgettext_lazy("case", "contract ended"),
    "barred": pgettext_lazy("case", "kept from coming back"),
}
LABELS: dict[str, Word] = {
    "confirmed_marketing": pgettext_lazy("case", "confirmed: marketing"),
    "confirmed_malicious": pgettext_lazy("case", "confirmed: malicious"),
    "confirmed_criminal": pgettext_lazy("case", "confirmed: fraud or other crime"),
}

LISTS: dict[str, dict[str, Word]] = {
    "case_ground": CASE_GROUNDS,
    "case_state": CASE_STATES,
    "case_look": CASE_LOOKS,
    "case_check": CHECKS,
    "case_seen": SEEN,
    "case_source": SOURCES,
    "evidence_kind": EVIDENCE,
    "case_finding": FINDINGS,
    "case_measure": MEASURES,
    "case_scope": SCOPES,
    "case_stage": STAGES,
    "case_stage_look": STAGE_LOOKS,
    "case_step": STEPS,
    "case_link": LINKS,
    "case_restriction": RESTRICTIONS,
    "case_label": LABELS,
    "case_outcome": APPEAL_OUTCOMES,
    "case_outcome_look": APPEAL_LOOKS,
}

SENTENCES: dict[str, tuple[Word, Word]] = {
    "reports.evidence_form": (_("This is no recording."), _("WAV, AMR, MP3, M4A, OGG and FLAC are taken.")),
    "reports.evidence_size": (_("The recording is too large, or empty."), _("Cut it to what matters.")),
    "reports.evidence_sms": (_("There is nothing to add."), _("Choose a recording, or paste the text of the SMS.")),
    "reports.evidence_twice": (_("This is with the report already."), ""),
    "reports.evidence_many": (_("Five things at most come with a report."), ""),
    "reports.evidence_late": (_("This report is answered already."), ""),
    "reports.no_evidence": (_("There is no such thing."), ""),
    "reports.evidence_verifier": (_("Who verifies the case sees what reporters added, and nobody else."), ""),
    "cases.no_case": (_("There is no such case."), ""),
    "cases.state": (_("The case is no longer where this could be done."), _("Load the page again.")),
    "cases.taken": (_("Somebody else has taken this case up."), _("Ask them to hand it over.")),
    "cases.not_yours": (_("Somebody else verifies this case."), _("Ask them to hand it over.")),
    "cases.no_sample": (_("No recording is with the case."), _("Add one, or say why there is none.")),
    "cases.sample_source": (
        _("A recording may come from the reporter, the call centre, or our own test call."),
        _("Live calls are listened to by nobody here (电信条例 65)."),
    ),
    "cases.sample_size": (_("The recording is empty, or larger than is taken."), _("Cut it to what matters.")),
    "cases.sample_twice": (_("This recording is with the case already."), ""),
    "cases.sample_gone": (_("This recording was destroyed with whom it was of."), ""),
    "cases.no_reason": (_("A reason is needed first."), _("Say in at least four characters why. It goes on record.")),
    "cases.not_asked": (_("The holder was not asked."), _("Ask it, or say why that cannot be done.")),
    "cases.nobody_to_ask": (_("Nobody is known to hold this number."), _("Note that the check could not be made.")),
    "cases.asked": (_("A question to the holder is open."), _("Wait for its answer or its deadline.")),
    "cases.no_question": (_("There is no such question to you."), ""),
    "cases.question_closed": (_("It is answered, or the case is found already."), ""),
    "cases.unverified": (_("Not everything was looked at yet."), _("Make the missing checks first.")),
    "cases.answer_awaited": (
        _("The holder's time to answer is still running."),
        _("Wait for the answer or the deadline."),
    ),
    "cases.unfounded": (_("No check confirms this."), _("Find it not proven, or look further.")),
    "cases.unknown_finding": (_("There is no such finding."), ""),
    "cases.no_finding": (_("No finding stands that allows this measure."), _("Find first.")),
    "cases.unknown_measure": (_("There is no such measure."), ""),
    "cases.measure_scope": (_("This measure does not hit that."), _("Choose another scope.")),
    "cases.measure_days": (_("The profile does not let it last so long."), _("Choose a shorter time.")),
    "cases.measure_limits": (_("Say how many calls a minute, an hour or a day."), ""),
    "cases.measure_label": (_("Say which label."), ""),
    "cases.no_firm": (_("No such firm is known for this number."), _("Hit the number itself.")),
    "cases.same_person": (
        _("A heavy measure is approved by somebody who had no part in the case."),
        _("Ask a colleague."),
    ),
    "cases.measure_stage": (_("This measure is no longer where this could be done."), _("Load the page again.")),
    "cases.no_measure": (_("There is no such measure."), ""),
    "cases.proposal_waits": (_("A proposed measure waits."), _("Have it approved, or take it back.")),
    "cases.had_a_part": (
        _("An appeal is decided by somebody who had no part in the case."),
        _("Ask a colleague."),
    ),
    "cases.not_restricted": (_("No measure of this case is against you."), ""),
    "cases.overturned": (_("This case was overturned already; nothing of it stands."), ""),
    "cases.outcome": (_("Say whether the appeal is upheld or rejected."), ""),
    "cases.not_cleared": (_("What is found instead still accuses."), _("Choose legitimate, quarrel or not proven.")),
    "cases.to_decide": (_("This appeal is about a case."), _("Decide it: upheld or rejected.")),
    "cases.number_gone": (_("The number has another user, or its user was erased."), ""),
    "cases.no_notice": (_("There is no such notice to you."), ""),
}
