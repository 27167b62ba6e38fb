"""Every setting there is: its name, unit and type. A profile has each of them, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingbai.kernel.msisdn import Kind
from mingbai.kernel.profile import readers
from mingbai.kernel.profile.detecting import Detection as Detection
from mingbai.kernel.profile.readers import Limits, SipCode, setting
from mingbai.kernel.profile.styles import Style, styles
from mingbai.kernel.terms import LabelKind, Use

SIP_FAMILIES = (
    "caller", "number", "holder", "trunk", "callee", "outbound", "consent", "hours", "category", "limit", "facts",
    "journal",
)  # fmt: skip
"""The first part of a rule's name (`callee.refused`): refusals of one family get the same SIP answer."""


MESSAGE_KINDS = (
    "confirmation", "success", "failure", "renewal", "use", "cap", "bill", "restriction", "report_answer",
    "consent_request", "commercial", "code", "answer",
)  # fmt: skip
"""What kinds of message there are; `notices.kinds` says what each must contain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the gate goes by."""

    timezone: str = setting(readers.zone, "time zone")
    always_pass_kinds: frozenset[Kind] = setting(
        readers.kinds_of(Kind.EMERGENCY, Kind.PUBLIC_INTEREST), "kinds of called numbers"
    )
    spoof_kinds: frozenset[Kind] = setting(readers.kinds, "kinds of calling numbers")
    withheld: str = setting(readers.choice("pass", "label", "refuse"), "verdict")
    outbound_uses_forbidden: tuple[Use, ...] = setting(readers.members(Use), "uses")
    outbound_needs_commitment_kinds: frozenset[Kind] = setting(readers.kinds, "kinds of calling numbers")
    consent_required_uses: tuple[Use, ...] = setting(readers.members(Use), "uses")
    hours: Mapping[Use, tuple[int, int]] = setting(readers.hours, "local time, by use")
    category_opt_out: bool = setting(readers.flag, "rule on or off")
    limits: Limits = setting(readers.limits, "calls of one number")  # noqa: RUF009  # a field, no value
    facts_max_age_s: int = setting(readers.integer(1, 86_400), "seconds")
    stale_ordinary: str = setting(readers.choice("pass", "refuse"), "verdict")
    stale_marketing: str = setting(readers.choice("pass", "refuse"), "verdict")
    missing_ordinary: str = setting(readers.choice("pass", "refuse"), "verdict")
    missing_marketing: str = setting(readers.choice("pass", "refuse"), "verdict")
    unjournalled_ordinary: str = setting(readers.choice("pass", "refuse"), "verdict")
    unjournalled_marketing: str = setting(readers.choice("pass", "refuse"), "verdict")
    sip_codes: Mapping[str, SipCode] = setting(readers.sip_codes(SIP_FAMILIES), "SIP code and reason, by rule family")
    labels: Mapping[Use, Mapping[str, str]] = setting(readers.labels, "wording, by use")
    ask_per_minute: int = setting(readers.integer(1, 1_000_000), "asks of one API key a minute")
    journal_segment_seconds: int = setting(readers.integer(1, 3_600), "seconds")
    journal_buffer: int = setting(readers.integer(1, 10_000_000), "records")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sip:
    """What the gate goes by inside a SIP proxy."""

    styles: Mapping[str, Style] = setting(styles(SIP_FAMILIES), "SIP answers, by style of a switch")
    failed_ordinary: str = setting(readers.choice("pass", "refuse"), "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the consent room goes by."""

    proof_days: int = setting(readers.integer(1, 60), "days")
    claimed_counts: bool = setting(readers.flag, "rule on or off")
    default_expiry_days: int = setting(readers.integer(0, 36_500), "days, 0 for none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the numbers room goes by."""

    call_centre_forbidden_kinds: frozenset[Kind] = setting(readers.kinds, "kinds of numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the notices room goes by."""

    code_minutes: int = setting(readers.integer(1, 60), "minutes")
    code_tries: int = setting(readers.integer(1, 10), "tries")
    code_digits: int = setting(readers.integer(4, 10), "digits")
    code_per_hour: int = setting(readers.integer(1, 100), "codes of one number an hour")
    stop_words: tuple[str, ...] = setting(readers.words, "words")
    stop_all_words: tuple[str, ...] = setting(readers.words, "words")
    day_hours: tuple[int, int] = setting(readers.span, "local time")
    day_kinds: tuple[str, ...] = setting(readers.names(*MESSAGE_KINDS), "kinds of messages")
    receipt_hours: int = setting(readers.integer(1, 24 * 30), "hours")
    request_days: int = setting(readers.integer(1, 60), "days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the orders room goes by."""

    yes_words: tuple[str, ...] = setting(readers.words, "words")
    no_words: tuple[str, ...] = setting(readers.words, "words")
    offer_hours: int = setting(readers.integer(1, 168), "hours")
    open_at_most: int = setting(readers.integer(1, 20), "offers open to one number")
    asked_per_day: int = setting(readers.integer(1, 100), "offers to one number a day")
    declined_days: int = setting(readers.integer(0, 366), "days")
    fulfil_tries: int = setting(readers.integer(1, 100), "tries")
    history_months: int = setting(readers.integer(24, 1200), "months")
    signing_minutes: int = setting(readers.integer(1, 60), "minutes")
    signature_span_percent: int = setting(readers.integer(1, 80), "percent of the pad's width")
    signature_length_percent: int = setting(readers.integer(1, 300), "percent of the pad's width")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """What reports of nuisance calls go by."""

    people_to_open: int = setting(readers.integer(1, 10_000), "people")
    window_days: int = setting(readers.integer(1, 366), "days")
    duplicate_minutes: int = setting(readers.integer(0, 1_440), "minutes")
    linked_by: tuple[str, ...] = setting(readers.names("contract", "device", "batch"), "what links reporters")
    failed_weights: tuple[int, ...] = setting(readers.percents, "hundredths of a person, by reports that failed")
    failed_days: int = setting(readers.integer(1, 3_660), "days")
    call_hours: int = setting(readers.integer(1, 720), "hours")
    acquaintance_days: int = setting(readers.integer(1, 366), "days")
    acquaintance_calls: int = setting(readers.integer(1, 100), "calls each way, on as many days")
    quarrel_hours: int = setting(readers.integer(1, 720), "hours")
    quarrel_calls: int = setting(readers.integer(2, 1_000), "calls of both together")
    forward_days: int = setting(readers.integer(1, 60), "working days")
    answer_days: int = setting(readers.integer(1, 60), "working days")
    tell_days: int = setting(readers.integer(1, 60), "working days")
    warn_days: int = setting(readers.integer(0, 30), "working days")
    extra_workdays: frozenset[date] = setting(readers.day_list, "days")
    extra_holidays: frozenset[date] = setting(readers.day_list, "days")
    calendar_years: frozenset[int] = setting(readers.years, "years")
    sms_words: tuple[str, ...] = setting(readers.words, "words")
    per_person_day: int = setting(readers.integer(1, 1_000), "reports of one person a day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What labels of numbers go by."""

    precedence: tuple[LabelKind, ...] = setting(readers.members(LabelKind), "kinds of labels, the first goes first")
    words: Mapping[LabelKind, Mapping[str, str]] = setting(readers.label_words, "wording, by kind")
    shown_from: int = setting(readers.integer(1, 10_000), "people")
    half_life_days: int = setting(readers.integer(0, 36_500), "days, 0 for never")
    expiry_days: int = setting(readers.integer(0, 36_500), "days, 0 for none")
    correction_days: int = setting(readers.integer(1, 366), "days")
    lookups_per_hour: int = setting(readers.integer(1, 1_000_000), "look-ups from one place an hour")
    api_per_hour: int = setting(readers.integer(1, 100_000_000), "look-ups of one API key an hour")
    range_numbers: int = setting(readers.integer(2, 100), "numbers of one range")
    tombstone_days: int = setting(readers.integer(1, 3_660), "days")
    fetches_kept_days: int = setting(readers.integer(1, 36_500), "days")
    tell_hours: int = setting(readers.integer(1, 8_760), "hours")


CASE_CHECKS = ("pattern", "sample", "test_call", "holder_answer")
"""What is looked at before a finding."""
CASE_MEASURES = ("block", "label", "limit", "suspend", "shut", "warn", "end_contract", "bar", "police")
"""What may follow a finding, from light to heavy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """What cases go by: verification, measures, appeals."""

    checks: tuple[str, ...] = setting(readers.names(*CASE_CHECKS), "what is looked at before a finding")
    heavy_measures: tuple[str, ...] = setting(readers.names(*CASE_MEASURES), "measures that need a second approver")
    measure_days: Mapping[str, int] = setting(readers.days_by(*CASE_MEASURES), "days at most, by measure")
    verify_days: int = setting(readers.integer(1, 60), "working days")
    holder_answer_days: int = setting(readers.integer(1, 60), "working days")
    approve_days: int = setting(readers.integer(1, 60), "working days")
    appeal_days: int = setting(readers.integer(1, 60), "working days")
    preview_days: int = setting(readers.integer(1, 184), "days")
    high_per_hour: int = setting(readers.integer(1, 100_000), "outbound calls an hour")
    sample_mb: int = setting(readers.integer(1, 4), "MB of a recording at most")


ADMISSION_PAPERS = ("business_licence", "telecom_licence", "number_certificate", "number_filing", "business_plan")
"""What is checked before access."""
TRAITS = ("name", "licence", "legal_person", "contact", "address", "bank")
"""By what a holder is known again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What admission goes by: applications, contracts, re-checks, entry limits."""

    papers: tuple[str, ...] = setting(readers.names(*ADMISSION_PAPERS), "documents")
    warn_days: int = setting(readers.integer(1, 366), "days")
    recheck_days: int = setting(readers.integer(1, 366), "days")
    refile_days: int = setting(readers.integer(1, 60), "working days")
    rest_days: int = setting(readers.integer(1, 3_660), "days")
    clause_per_hour: int = setting(readers.integer(1, 100_000), "outbound calls an hour")
    use_percent: int = setting(readers.integer(0, 100), "per cent of calls")
    volume_percent: int = setting(readers.integer(100, 1_000), "per cent of what was declared")
    trait_scores: Mapping[str, int] = setting(readers.scores(*TRAITS), "score, by trait")
    ask_score: int = setting(readers.integer(1, 500), "score")
    sim_days: int = setting(readers.integer(1, 366), "days")
    sim_cards_to_place: int = setting(readers.integer(1, 10_000), "cards")
    sim_cards_to_person: int = setting(readers.integer(1, 10_000), "cards")
    papers_kept_days: int = setting(readers.integer(1, 36_500), "days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the evidence log goes by."""

    origin: str = setting(readers.origin, "name of the log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the call lake goes by."""

    retention_days: int = setting(readers.integer(1, 36_500), "days")
    same_call_s: int = setting(readers.integer(0, 600), "seconds")
    clock_ahead_s: int = setting(readers.integer(0, 86_400), "seconds")


GROUPS: dict[str, type[Any]] = {
    "gate": Gate,
    "sip": Sip,
    "consent": Consent,
    "numbers": Numbers,
    "notices": Notices,
    "orders": Orders,
    "labels": Labels,
    "reports": Reports,
    "cases": Cases,
    "admission": Admission,
    "ledger": Ledger,
    "calls": Calls,
    "detection": Detection,
}
