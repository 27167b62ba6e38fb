"""签约: the contract that was shown is signed by somebody of the firm who may, and sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mingbai.admission import events, files, sheet
from mingbai.admission.actions import who
from mingbai.admission.actions.recording import append, held, move
from mingbai.admission.models import Application, Contract
from mingbai.admission.rules.words import State
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger.seal import seal
from mingbai.people import queries as people

VERB = "sign.contract"
LONGEST_SIGNER = 60


def sign(application: int, *, account: int, signer: str, text_sha256: str) -> int:
    """Sign the contract; its id. `signer`: the name of who signs; `text_sha256`: of the text that they were shown.

    The sealed PDF lies encrypted in the home, its hash in the ledger. Raises Problem for a text that is not the one
    shown, for whoever may not sign for the firm, and when the seal cannot be made.
    """
    row, contract = _waiting(application, account, text_sha256)
    name = " ".join(signer.split())
    if not 2 <= len(name) <= LONGEST_SIGNER:
        raise Problem("admission.signer", "whoever signs writes their name", where="signer")
    now = clock.now()
    firm = people.organisation(row.applicant_id)
    assert firm is not None
    signed = [
        f"乙方（签署）：{firm.name}",
        f"签署人：{name}（账号 {account}）",
        f"签署时间：{timezone.localtime(now):%Y-%m-%d %H:%M:%S %z}",
        "签署方式：登录乙方账号，阅读全文后填写姓名确认",
        f"所示文本 SHA-256：{contract.text_sha256}",
    ]
    pdf = sheet.contract(contract.text, text_sha256=contract.text_sha256, signed=signed, at=now)
    # Outside any transaction: a time authority may be asked.
    sealed = seal(pdf, reason=f"码号接入合同 RW-{row.id}", location=str(settings.PUBLIC_URL))
    kept = files.keep(sealed.pdf)
    with transaction.atomic():
        row = held(application)
        move(row, (State.APPROVED,), State.SIGNED)
        entry = append(
            events.SIGNED, row, contract=contract.id, account=account, text_sha256=contract.text_sha256,
            pdf_sha256=sealed.digest, timestamped=sealed.timestamped,
        )  # fmt: skip
        Contract.objects.filter(id=contract.id, signed_at=None).update(
            signed_at=sealed.signed_at, signer=name, account=account, file=kept.name, pdf_sha256=sealed.digest,
            timestamped=sealed.timestamped, entry=entry,
        )  # fmt: skip
    return contract.id


def sealed_pdf(application: int, *, account: int) -> bytes:
    """The sealed contract, for its firm and an operator's staff. Raises Problem while it is not signed."""
    contract = Contract.objects.filter(application_id=application).exclude(file="").first()
    if contract is None:
        raise Problem("admission.unsigned", "no contract was signed", where="contract", status=404)
    who.for_firm(account, "see.organisation", contract.holder_id)
    return files.read(contract.file)


def _waiting(application: int, account: int, text_sha256: str) -> tuple[Application, Contract]:
    with transaction.atomic():
        row = held(application)
        who.of_firm(account, VERB, row.applicant_id)
        if row.state != State.APPROVED:
            raise Problem("admission.state", f"the application is {row.state}", where="application", status=409)
        contract = Contract.objects.get(application=row)
    if text_sha256 != contract.text_sha256:
        what = "this is not the text that was shown"
        raise Problem("admission.other_text", what, where="text", mend="read it again and sign", status=409)
    return row, contract
