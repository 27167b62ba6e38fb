"""The signed card to which a refused call's SIP answer leads: RFC 8688, section 3.2.

A JSON Web Signature (RFC 7515, compact) over `iat` and `jcard` (RFC 7095), by ES256; `x5u` is where the certificate of
the key is served. It says who refused and where to ask; nothing in it depends on the number that was called.
"""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import canonical
from mingbai.ledger.canonical import Json

CARD_TYPE = "application/jose"  # RFC 7515 9.2.1; RFC 8688 names none of its own
CHAIN_TYPE = "application/pem-certificate-chain"  # RFC 8555 9.1
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186-4 D.1.2.3
_DAYS, _RENEW_DAYS = 3 * 365, 60


class Sender(NamedTuple):
    """Who refused the call, and how they are reached; `email` and `tel` are "" where there is none."""

    name: str
    email: str
    tel: str


class Signer(NamedTuple):
    """The key, and its certificate with what leads from it to a root, as PEM."""

    key: ec.EllipticCurvePrivateKey
    chain: bytes


def signer(home: Home, host: str) -> Signer:
    """The operator's own key and certificate from keys/redress.pem; else the home's, with a certificate that it signed
    itself for `host`, made when first needed. Raises Problem when what stands in the file cannot sign a card."""
    own = home.keys / "redress.pem"
    if own.exists():
        return _own(own)
    key = _derived(home)
    return Signer(key, _certificate(home.keys / "redress.crt", key, host))


def signed(signer: Signer, sender: Sender, *, refused_s: int, page: str, certificate: str) -> str:
    """The card of one refusal: `refused_s` when the call was refused (s since 1970), `page` where its caller can see
    why, `certificate` where the signer's certificate is served."""
    header: Json = {"alg": "ES256", "typ": "vcard+json", "x5u": certificate}
    payload: Json = {"iat": refused_s, "jcard": _jcard(sender, page)}
    signing = f"{_encoded(canonical.dumps(header))}.{_encoded(canonical.dumps(payload))}"
    r, s = decode_dss_signature(signer.key.sign(signing.encode("ascii"), ec.ECDSA(hashes.SHA256())))
    return f"{signing}.{_encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"  # RFC 7518 3.4


def _jcard(sender: Sender, page: str) -> Json:
    lines: list[Json] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", sender.name],
        ["kind", {}, "text", "org"],
        ["url", {}, "uri", page],
    ]
    if sender.email:
        lines.append(["email", {}, "text", sender.email])
    if sender.tel:
        # A number without “+” is no tel: URI of its own (RFC 3966 5.1.5): it stands as text.
        form = ("uri", f"tel:{sender.tel}") if sender.tel.startswith("+") else ("text", sender.tel)
        lines.append(["tel", {}, *form])
    return ["vcard", lines]


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _derived(home: Home) -> ec.EllipticCurvePrivateKey:
    """The key whose private number is the home's secret “redress”, made when there is none."""
    try:
        secret = home.key("redress")
    except Problem as problem:
        if problem.code != "home.no_key":
            raise
        home.make_key("redress")
        secret = home.key("redress")
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, _CURVE)


def _own(path: Path) -> Signer:
    def refuse(what: str) -> Problem:
        mend = "put there a P-256 private key (PEM, no password) and its certificate chain, or remove the file"
        return Problem("redress.key", what, where=str(path), mend=mend, status=500)

    data = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, None)
        chain = x509.load_pem_x509_certificates(data)
    except (ValueError, TypeError) as error:
        raise refuse("no private key and certificate can be read there") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != _CURVE.name:
        raise refuse("the key is not for ES256")
    if chain[0].public_key() != key.public_key():
        raise refuse("the first certificate is not this key's")
    return Signer(key, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))


def _certificate(path: Path, key: ec.EllipticCurvePrivateKey, host: str) -> bytes:
    """The certificate kept at `path` while it is this key's, for this host, and good for a while; else a new one."""
    if path.exists():
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        lasts = kept.not_valid_after_utc > clock.now() + timedelta(days=_RENEW_DAYS)
        if lasts and kept.public_key() == key.public_key() and kept.subject == _name(host):
            return path.read_bytes()
    made = _self_signed(key, host)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    aside.write_bytes(made)
    os.replace(aside, path)  # noqa: PTH105  # atomically: readers see a certificate whole
    return made


def _self_signed(key: ec.EllipticCurvePrivateKey, host: str) -> bytes:
    now = clock.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(host))
        .issuer_name(_name(host))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SIGNS, critical=True)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


_SIGNS = x509.KeyUsage(
    digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


def _name(host: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])  # RFC 5280 A.1: ub-common-name


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def host_of(url: str) -> str:
    """The host of an address such as https://mingbai.example.cn:8443."""
    return urlsplit(url).hostname or "localhost"
