"""The house's seal: its key and certificate, whom it trusts, and which authority tells it the time.

Without a word from the operator the key and a certificate that it signs itself stand in `keys/seal.pem`. `seal.toml` in
the home names others (docs/signatures.md):

    key = "keys/ours.key"            # PEM; its password, if it has one, in MINGBAI_SEAL_PASSWORD
    certificate = "keys/ours.crt"    # PEM, the chain behind it
    trust = ["keys/our-ca.crt"]      # roots of that chain, and certificates of former seals
    [time]
    url = "http://tsa.example.cn/"   # RFC 3161 over HTTP; without it seals carry the house's own time
    trust = ["keys/tsa-ca.crt"]      # roots of the authority
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import files

FILE = "seal.toml"
PASSWORD = "MINGBAI_SEAL_PASSWORD"  # noqa: S105  # the name of a variable
YEARS = 5  # of a certificate that the house makes itself
_URL = re.compile(r"https?://[^\s/]+(/[^\s]*)?")
_MEND = "see docs/signatures.md"


@dataclass(frozen=True)
class Authority:
    """Who tells the time: an address that speaks RFC 3161 over HTTP, and the roots (DER) its answers must lead to."""

    url: str
    trust: tuple[bytes, ...]


@dataclass(frozen=True)
class Trust:
    """Roots, DER: of seals, of time."""

    seal: tuple[bytes, ...]
    time: tuple[bytes, ...]


@dataclass(frozen=True)
class Keys:
    """Everything that a seal needs. `key`: PKCS#8 DER; certificates DER, the seal's own first."""

    key: bytes = field(repr=False)
    certificates: tuple[bytes, ...]
    trust: Trust
    authority: Authority | None


def load(home: Home) -> Keys:
    """What the home seals with; a home that has neither key nor `seal.toml` gets a key now. Raises Problem (500)."""
    said = _said(home)
    if "key" in said:
        key, chain = _path(home, said, "key"), _path(home, said, "certificate")
    else:
        make(home)
        key = chain = own(home)
    certificates = _certificates(chain)
    private = _private(key)
    if private.public_key() != certificates[0].public_key():
        raise _wrong("the key is not that of the certificate", key)
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pkcs8 = private.private_bytes(*form)
    return Keys(pkcs8, _der(certificates), trusted(home), _authority(home, said.get("time")))


def trusted(home: Home) -> Trust:
    """By which roots this house checks a seal: its own certificates, present and former, and those that it was told."""
    said = _said(home)
    time = _authority(home, said.get("time"))
    told = said.get("trust", [])
    found = [one for path in _paths(home, told, "trust") for one in _certificates(path)]
    if "certificate" in said and not found:
        found += _certificates(_path(home, said, "certificate"))[:1]
    if own(home).exists():
        found += _certificates(own(home))
    for path in sorted(earlier(home).glob("*.crt")):
        found += _certificates(path)
    return Trust(_der(found), time.trust if time else ())


def ready(home: Home) -> bool:
    """Whether there is a key to seal with; without one `load` makes it. Raises Problem for a wrong seal.toml."""
    return "key" in _said(home) or own(home).exists()


def own(home: Home) -> Path:
    """Key and certificate that the house made itself."""
    return home.keys / "seal.pem"


def earlier(home: Home) -> Path:
    """Folder of certificates that the house made before; seals made with them are known by them."""
    return home.keys / "seals"


def make(home: Home, name: str = "") -> None:
    """Make key and certificate if they are missing; of two processes that do so at once, one wins and both have its."""
    path = own(home)
    if path.exists():
        return
    fresh = _written(home, name)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def renew(home: Home, name: str = "") -> str:
    """Make a new key and certificate in the place of the house's own; the former key is gone, its certificate kept.

    The new certificate's SHA-256 in hex. Raises Problem when `seal.toml` names a key of the operator's.
    """
    if "key" in _said(home):
        raise Problem(
            "seal.not_ours", "the key is the operator's", where=FILE, mend="name the new one there", status=409
        )
    path = own(home)
    with files.lock(home.keys / ".seal.lock"):
        if path.exists():
            former = _certificates(path)[0]
            pem = former.public_bytes(serialization.Encoding.PEM)
            files.write(earlier(home), {f"{fingerprint(former)[:16]}.crt": pem})
        fresh = _written(home, name)
        fresh.replace(path)
        files.sync_folder(path.parent)
        return fingerprint(_certificates(path)[0])


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def certificates(home: Home) -> list[x509.Certificate]:
    """The chain that the house seals with, its own certificate first."""
    return [x509.load_der_x509_certificate(one) for one in load(home).certificates]


def _written(home: Home, name: str) -> Path:
    """A new key with a certificate that it signs itself, in a file of its own beside `seal.pem`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (name or "mingbai")[:64])])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=366 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    body = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = home.keys / f".seal.{secrets.token_hex(8)}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body + certificate.public_bytes(pem))
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _said(home: Home) -> dict[str, Any]:
    """What `seal.toml` says; nothing when there is none. Raises Problem."""
    path = home.root / FILE
    try:
        said = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as fault:
        raise _wrong(f"it is no TOML: {fault}", path) from None
    if unknown := said.keys() - {"key", "certificate", "trust", "time"}:
        raise _wrong(f"unknown key “{sorted(unknown)[0]}”", path)
    if ("key" in said) != ("certificate" in said):
        raise _wrong("key and certificate go together", path)
    return said


def _authority(home: Home, said: Any) -> Authority | None:
    if said is None:
        return None
    path = home.root / FILE
    if not isinstance(said, dict) or said.keys() != {"url", "trust"}:
        raise _wrong("[time] has url and trust, and nothing else", path)
    if not isinstance(said["url"], str) or not _URL.fullmatch(said["url"]):
        raise _wrong("[time] url must be written as in http://tsa.example.cn/", path)
    roots = [one for root in _paths(home, said["trust"], "trust") for one in _certificates(root)]
    if not roots:
        raise _wrong("[time] trust names no certificate", path)
    return Authority(said["url"], _der(roots))


def _path(home: Home, said: dict[str, Any], name: str) -> Path:
    return _paths(home, [said[name]], name)[0]


def _paths(home: Home, said: Any, name: str) -> list[Path]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said):
        raise _wrong(f"“{name}” must name files", home.root / FILE)
    return [home.root / one for one in said]


def _certificates(path: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise _wrong("there is no certificate (PEM) that can be read", path) from None


def _private(path: Path) -> PrivateKeyTypes:
    password = os.environ.get(PASSWORD, "").encode() or None
    try:
        pem = path.read_bytes()
        encrypted = b"ENCRYPTED" in pem
        return serialization.load_pem_private_key(pem, password if encrypted else None)
    except (OSError, ValueError, TypeError):
        raise _wrong(f"there is no key (PEM) that can be read; a password stands in {PASSWORD}", path) from None


def _der(found: Iterable[x509.Certificate]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(one.public_bytes(serialization.Encoding.DER) for one in found))


def _wrong(what: str, path: Path) -> Problem:
    return Problem("seal.keys", what, where=str(path), mend=_MEND, status=500)
