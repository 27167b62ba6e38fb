"""电子印章: a PDF is sealed once (PAdES), carries a time that others vouch for, and shows every later change.

The seal is the house's: it says “this is the document as it was made here, then”, not who agreed to it. What it says
about people, they said themselves (docs/signatures.md). Other rooms use `seal` for their documents and keep the result.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TypeVar

from asn1crypto import algos, cms, core, keys, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import seal_keys, seal_time
from mingbai.ledger.seal_keys import Keys, Trust

T = TypeVar("T")
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it finds is told by `Checked`
FIELD = "Seal"
_ROOM = 20_480  # bytes for signature, certificates and time
_LARGEST = 16 * 1024 * 1024
_SHA_256 = (bytes.fromhex("300d06096086480165030402010500"), bytes.fromhex("300b0609608648016503040201"))


@dataclass(frozen=True)
class Seal:
    """A sealed PDF. `digest`: its SHA-256 (hex); `signed_at`: the authority's time if `timestamped`, else our own."""

    pdf: bytes
    digest: str
    signed_at: datetime
    timestamped: bool


@dataclass(frozen=True)
class Checked:
    """What a seal proves. Everything is empty when there is none.

    `intact`: there is one seal, and not a byte has changed or been added since; `ours`: this house trusts its maker;
    `signed_at`: the time in the seal, `timestamped`: a trusted authority vouches for it; `fault`: why it does not hold.
    """

    intact: bool = False
    ours: bool = False
    signer: str = ""
    signed_at: datetime | None = None
    timestamped: bool = False
    authority: str = ""
    fault: str = ""

    @property
    def holds(self) -> bool:
        return self.intact and self.ours


def seal(pdf: bytes, *, reason: str, location: str = "") -> Seal:
    """Seal a PDF for good: no later change is allowed. Asks the authority, so call it outside any transaction.

    Where `seal.toml` names an authority, its time is in the seal or there is no seal: Problem "seal.no_time" (503).
    Raises Problem "seal.no_pdf" (422), "seal.keys" (500), and "seal.unusable" (503) when the house's certificate has
    run out or cannot be used.
    """
    with_keys = seal_keys.load(settings.HOME)
    authority = with_keys.authority
    try:
        sealed = _apart(lambda: _sign(pdf, with_keys, reason, location))
    except OSError as error:  # TimestampRequestError is one
        mend = "try again; look at [time] in seal.toml if it stays so"
        raise Problem("seal.no_time", "the time authority gave no time", mend=mend, status=503) from error
    except (PdfError, ValueError) as error:
        raise Problem("seal.no_pdf", "this is no PDF that can be sealed", where="pdf") from error
    found = examine(sealed, with_keys.trust)
    if not found.holds or found.signed_at is None:
        mend = "`mingbai seal renew`, or a valid certificate in seal.toml"
        raise Problem("seal.unusable", f"the house's seal cannot be used: {found.fault}", mend=mend, status=503)
    if authority and not found.timestamped:
        mend = "name the roots of the authority in [time] trust of seal.toml"
        raise Problem("seal.no_time", f"the time cannot be trusted: {found.fault}", mend=mend, status=503)
    return Seal(sealed, hashlib.sha256(sealed).hexdigest(), found.signed_at, found.timestamped)


def check(pdf: bytes) -> Checked:
    """What the seal of a PDF proves, by what this house trusts. Never raises for anything in the PDF."""
    return examine(pdf, seal_keys.trusted(settings.HOME))


def examine(pdf: bytes, trust: Trust) -> Checked:
    """The same by certificates of the caller's; needs no home."""
    if len(pdf) > _LARGEST:
        return Checked(fault="too large")
    try:
        return _apart(lambda: _examine(pdf, trust))
    except Exception as error:  # bytes of anybody's: whatever they break, they prove nothing
        return Checked(fault=f"cannot be read: {type(error).__name__}")


class _Signer(signers.PdfSigner):
    """Takes the time from the house's clock."""

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = clock.now()
        return session


def _sign(pdf: bytes, with_keys: Keys, reason: str, location: str) -> bytes:
    own, *chain = (x509.Certificate.load(one) for one in with_keys.certificates)
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the library left it without types
    registry.register_multiple(chain)
    signer = signers.SimpleSigner(
        signing_cert=own, signing_key=keys.PrivateKeyInfo.load(with_keys.key), cert_registry=registry
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason[:200],
        location=location[:200] or None, certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    authority = with_keys.authority
    clockwork = seal_time.Clock(authority.url, authority.trust) if authority else None
    hand = _Signer(meta, signer, timestamper=clockwork)
    out = BytesIO()
    hand.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=_ROOM, output=out)
    return out.getvalue()


def _examine(pdf: bytes, trust: Trust) -> Checked:
    reader = PdfFileReader(BytesIO(pdf))
    found = reader.embedded_signatures
    if not found:
        return Checked(fault="there is no seal")
    one = found[0]
    status = _validate(one, trust)
    time = status.timestamp_validity
    vouched = bool(time and time.valid and time.intact and time.trusted)
    whole = len(found) == 1 and status.coverage == SignatureCoverageLevel.ENTIRE_FILE and _written_once(pdf, one)
    sound = time is None or (time.valid and time.intact and (not vouched or _lean(_tokens(one)[0], time)))
    certificate, at = status.signing_cert, _moment(one)
    current = certificate.not_valid_before <= at <= certificate.not_valid_after
    return Checked(
        intact=bool(whole and sound and status.intact and status.valid and status.docmdp_ok),
        ours=bool(status.trusted and current),
        signer=_name(status.signing_cert),
        signed_at=time.timestamp if time and vouched else status.signer_reported_dt,
        timestamped=vouched,
        authority=_name(time.signing_cert) if time and vouched else "",
        fault=_fault(status, whole=whole and sound, current=current, vouched=vouched),
    )


def _validate(one: EmbeddedPdfSignature, trust: Trust) -> PdfSignatureStatus:
    """Certificates are judged as of the time in the seal: what was sealed while they were valid stays sealed."""
    at = _moment(one)
    return validate_pdf_signature(one, _context(trust.seal, at), _context(trust.time, at))


def _moment(one: EmbeddedPdfSignature) -> datetime:
    return _told(one) or one.self_reported_timestamp or clock.now()


def _told(one: EmbeddedPdfSignature) -> datetime | None:
    """The time in the authority's token, whoever it is. Raises ValueError when there are two."""
    found = _tokens(one)
    if len(found) > 1:
        raise ValueError("two times in one seal")
    told = found[0]["encap_content_info"]["content"].parsed["gen_time"].native if found else None
    return told if isinstance(told, datetime) else None


def _tokens(one: EmbeddedPdfSignature) -> list[cms.SignedData]:
    return [
        token["content"]
        for attribute in one.signer_info["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]


def _lean(token: cms.SignedData, time: TimestampSignatureStatus) -> bool:
    """Whether what the authority's signature does not cover is what it has to be, and no more: see `seal_time`."""
    (signer,) = token["signer_infos"]
    path = {one.dump() for one in time.validation_path or ()}
    named = signer["digest_algorithm"]["algorithm"].native
    forms = {algos.DigestAlgorithm({"algorithm": named, **more}).dump() for more in ({}, {"parameters": core.Null()})}
    algorithms = [*token["digest_algorithms"], signer["digest_algorithm"]]
    return (
        token["version"].native == "v3"
        and signer["version"].native in ("v1", "v3")
        and len(algorithms) == 2
        and _names(signer, time.signing_cert)
        and all(one.dump() in forms for one in algorithms)
        and all(one.chosen.dump() in path for one in token["certificates"])
    )


def _context(roots: Iterable[bytes], at: datetime) -> ValidationContext:
    known = [x509.Certificate.load(root) for root in roots]
    return ValidationContext(trust_roots=known, moment=at, allow_fetching=False)


def _written_once(pdf: bytes, one: EmbeddedPdfSignature) -> bool:
    """Whether the gap in the signed bytes holds the signature as it was written, then zeroes: nothing hides in what the
    signature itself does not cover."""
    start, end = int(one.byte_range[1]), int(one.byte_range[2])
    held: bytes = one.pkcs7_content
    envelope = cms.ContentInfo.load(held)
    body, signer = envelope.dump(), one.signer_info
    named = [algorithm.dump() for algorithm in one.signed_data["digest_algorithms"]]
    return (
        pdf[start:end] == b"<" + held.hex().upper().encode() + b">"
        and not held[len(body) :].strip(b"\0")
        and _filled(body)
        and {one.signed_data["version"].native, signer["version"].native} == {"v1"}
        and named == [signer["digest_algorithm"].dump()]
        and named[0] in _SHA_256
        and _names(signer, one.signer_cert)
    )


def _names(signer: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    """Whether the signer is named as the certificate has it, letter by letter, or by its key."""
    named = signer["sid"].chosen
    return not isinstance(named, cms.IssuerAndSerialNumber) or named["issuer"].dump() == certificate.issuer.dump()


def _filled(body: bytes, depth: int = 3) -> bool:
    """Whether the outermost layers of a DER value fill each other to the last byte."""
    at = 0
    while at < len(body):
        kind, size, head = body[at], body[at + 1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(body[at + 2 : at + head])
        inner = body[at + head : at + head + size]
        if not kind or len(inner) != size or (kind & 0x20 and depth and not _filled(inner, depth - 1)):
            return False
        at += head + size
    return True


def _fault(status: PdfSignatureStatus, *, whole: bool, current: bool, vouched: bool) -> str:
    if not (status.intact and status.valid and whole and status.docmdp_ok):
        return "changed since it was sealed"
    if not status.trusted:
        return "its certificate is not trusted"
    if not current:
        return "its certificate had run out"
    if status.timestamp_validity is not None and not vouched:
        return "its time is not of a trusted authority"
    return ""


def _name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", "")) or certificate.subject.human_friendly


def _apart(work: Callable[[], T]) -> T:
    """The library runs an event loop, of which a thread may have but one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()
