"""What goes in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints, model_validator

from mingbai.web import texts

Number = Annotated[str, StringConstraints(min_length=3, max_length=40)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
ConsentPurpose = Literal["marketing", "service", "notification", "survey", "collection"]
RefusalPurpose = Literal["any", "marketing", "service", "notification", "survey", "collection"]


class In(Schema):
    """Unknown fields are refused: a misspelt one would otherwise be lost in silence."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _texts(self) -> Self:
        """Raises Problem for a text that cannot be stored."""
        for name, field in type(self).model_fields.items():
            texts.refuse_nul([getattr(self, name)], where=field.alias or name)
        return self


class ConsentIn(In):
    """A consent that your organisation holds. It counts as claimed until the subscriber confirms it."""

    number: Number = Field(description="The subscriber's number, as dialled or with “+” and country code")
    purpose: ConsentPurpose
    how: Literal["recording", "api"] = "api"
    reference: Annotated[str, StringConstraints(max_length=120)] = Field("", description="Where your proof is filed")
    proof_sha256: Hash | None = None
    wording_sha256: Hash | None = None
    expires_at: datetime | None = Field(None, description="With time zone; left out: the term of the profile")


class RefusalIn(In):
    """A refusal that a subscriber told your organisation. It holds for every number and holder that calls for it."""

    number: Number
    purpose: RefusalPurpose = "any"


class WithdrawalIn(In):
    """A subscriber takes one consent back."""

    number: Number
    purpose: ConsentPurpose


class ConsentOut(Schema):
    """A consent as it stands. `counts`: whether a call may rest on it now."""

    id: int
    purpose: str
    state: Literal["given", "claimed", "refused", "withdrawn", "expired"]
    how: str
    reference: str
    counts: bool
    given_at: datetime | None
    expires_at: datetime | None
    changed_at: datetime


class ListedOut(ConsentOut):
    """A consent in your list. `number`: in full where you filed the consent, masked where the subscriber said it."""

    number: str


class PageOut(Schema):
    """`next` is the cursor of the following page, null on the last."""

    items: list[ListedOut]
    next: str | None


class NumberIn(In):
    number: Number


class NumberOut(Schema):
    """What anyone may know of a number. A person's number never shows a holder."""

    kind: str
    holder: str | None
    principal: str | None
    use: str | None
    industry: str | None
    label: str | None
    state: str | None


class ResourceIn(In):
    """A number (`last` left out) or a range. `holder`, `principal`: ids of organisations; no limit: null."""

    first: Number
    last: Number | None = None
    holder: int
    principal: int | None = None
    use: Literal["marketing", "service", "notification", "survey", "collection", "personal"]
    industry: Annotated[str, StringConstraints(max_length=24)] = ""
    label: Annotated[str, StringConstraints(max_length=40)] = ""
    trunks: tuple[int, ...] = ()
    per_minute: int | None = Field(None, ge=1)
    per_hour: int | None = Field(None, ge=1)
    per_day: int | None = Field(None, ge=1)
    outbound_committed: bool = False


class ResourceOut(Schema):
    id: int


class MessageIn(In):
    """An SMS that a subscriber sent to the service's number."""

    sender: Number = Field(alias="from", description="The subscriber's number, as dialled or with “+” and country code")
    text: Annotated[str, StringConstraints(max_length=1000)]
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(
        description="Your id of the message. Under the same id it acts once, however often it is sent"
    )


class MessageOut(Schema):
    """`handled`: what the words did, such as consent.stop; "" when nobody knew them and help was sent."""

    handled: str


class DeliveryIn(In):
    """What became of a message that this installation handed over to your gateway."""

    link: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,23}$")] = Field(
        description="The name of the link in messages.toml"
    )
    id: Annotated[str, StringConstraints(min_length=1, max_length=65)] = Field(
        description="The id that your gateway gave the message, else the one that it was given"
    )
    delivered: bool
    status: Annotated[str, StringConstraints(max_length=24, pattern=r"^[!-~ ]*$")] = Field(
        "", description="Your own word for it, such as UNDELIV 001"
    )


class DeliveryOut(Schema):
    """`known`: whether this link carried a message of that id. What was said before of it stays."""

    known: bool


class ReceiptIn(In):
    """A receipt (.tlog-proof) to be checked; `vkey` left out: this log's own key."""

    receipt: Annotated[str, StringConstraints(max_length=262_144)]
    vkey: Annotated[str, StringConstraints(max_length=400)] = ""


class ReceiptOut(Schema):
    """What a receipt proves."""

    origin: str
    index: int
    size: int
    kind: str
    at: datetime
    content: dict[str, object]
    row: dict[str, object] | None


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    where: str | None = None
    errors: list[dict[str, str]] | None = None
