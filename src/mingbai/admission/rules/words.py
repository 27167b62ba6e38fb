"""The closed lists of the room. Values are stored and sent; they never change once released."""

from __future__ import annotations

from enum import StrEnum


class Sort(StrEnum):
    """What is applied for."""

    NUMBERS = "numbers"  # one number or a range: 95, 96, 400, 1010, a fixed or mobile one
    LINE = "line"  # a trunk, with the numbers that may be sent over it


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for the review by a second person
    FINDINGS = "findings"  # sent back with what is wanting
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"  # the contract is shown and waits for its signature
    SIGNED = "signed"  # waits to be allocated
    ALLOCATED = "allocated"
    ENDED = "ended"  # given back or shut


class Paper(StrEnum):
    """The five documents checked before access (工信部 2020-06 call-centre notice)."""

    BUSINESS_LICENCE = "business_licence"  # 营业执照
    TELECOM_LICENCE = "telecom_licence"  # 电信业务经营许可证
    NUMBER_CERTIFICATE = "number_certificate"  # 码号使用证书
    NUMBER_FILING = "number_filing"  # 码号备案
    BUSINESS_PLAN = "business_plan"  # 业务开展方案


class Item(StrEnum):
    """The reviewer's checklist: every item is answered before anything is approved."""

    PAPERS = "papers"  # the five are there, of this firm, in force
    IDENTITY = "identity"  # name, licence, legal person and contact agree with each other
    USE = "use"  # the declared use and industry fit business and licences
    VOLUME = "volume"  # the calling volume is plausible
    HOURS = "hours"  # the hours are those in which such calls may be made
    TRUNKS = "trunks"  # the lines are known and their carrier is the one named
    SENDABLE = "sendable"  # the numbers that may be sent are the applicant's
    CHAIN = "chain"  # carrier, reseller, call centre and principal are named and contracted


class Doubt(StrEnum):
    """What a periodic look found that a person has to look at."""

    PAPER_EXPIRING = "paper_expiring"
    PAPER_EXPIRED = "paper_expired"
    USE_DIFFERS = "use_differs"
    VOLUME_EXCEEDED = "volume_exceeded"
    HOURS_OUTSIDE = "hours_outside"
    TRUNK_FOREIGN = "trunk_foreign"
    NUMBER_FOREIGN = "number_foreign"
    CHANGED_LATE = "changed_late"


class Trait(StrEnum):
    """By what a holder is known again."""

    NAME = "name"  # of the firm, without legal suffixes
    LICENCE = "licence"  # 统一社会信用代码 or licence number
    LEGAL_PERSON = "legal_person"
    CONTACT = "contact"  # a telephone number
    ADDRESS = "address"
    BANK = "bank"  # account number


class Verdict(StrEnum):
    """What became of a likeness or of a held SIM order. Letting through takes two people."""

    OPEN = "open"
    FIRST_YES = "first_yes"
    LET_THROUGH = "let_through"
    KEPT_OUT = "kept_out"


class Role(StrEnum):
    """A link of the chain 谁接入谁负责, from the network to the caller."""

    CARRIER = "carrier"
    RESELLER = "reseller"
    CALL_CENTRE = "call_centre"
    ENTERPRISE = "enterprise"
    NUMBER = "number"


LIVE = (State.DRAFT, State.SUBMITTED, State.FINDINGS, State.APPROVED, State.SIGNED)
EDITABLE = (State.DRAFT, State.FINDINGS)
NEXT: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.SUBMITTED, State.WITHDRAWN),
    State.SUBMITTED: (State.FINDINGS, State.REFUSED, State.APPROVED, State.WITHDRAWN),
    State.FINDINGS: (State.SUBMITTED, State.WITHDRAWN),
    State.APPROVED: (State.SIGNED, State.WITHDRAWN),
    State.SIGNED: (State.ALLOCATED, State.WITHDRAWN),
    State.ALLOCATED: (State.ENDED,),
    State.REFUSED: (),
    State.WITHDRAWN: (),
    State.ENDED: (),
}
