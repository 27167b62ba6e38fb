#!/usr/bin/env python3
"""Check a Mingbai receipt (.tlog-proof) offline: with the log's verifier key (vkey), and nothing else.

    mingbai-verify RECEIPT --vkey 'example.org/log/v1+1234abcd+AZ…' [--lang zh|en]

This file stands alone: Python 3.11 and `cryptography` (https://cryptography.io) are all it needs. It is published with
the log so that nobody has to trust the house that keeps it; the house itself checks with the same file. Formats: C2SP
tlog-proof, tlog-checkpoint and signed-note over RFC 6962 trees.

Exit status: 0 the receipt holds, 1 it does not (a sentence says why), 2 it was not checked at all.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH = 32
FORMAT = "c2sp.org/tlog-proof@v1"
ED25519 = b"\x01"


class Refused(ValueError):
    """What was shown does not hold; `en` and `zh` say why."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.en, self.zh = en, zh or en


class ProofError(Refused):
    """A Merkle proof that does not prove."""


class NoteError(Refused):
    """A note or key that cannot be read, or a signature that does not hold."""


class ReceiptError(Refused):
    """A receipt that cannot be read, or whose opening is not what the log commits to."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log's checkpoint says: at `size` entries its root was `root`."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Row:
    """One row of a batch: its place, how many rows the batch has, what it says."""

    index: int
    size: int
    content: Any


@dataclass(frozen=True)
class Verified:
    """What a receipt proves: this entry stood at `index` of the log `origin` when that had `size` entries."""

    origin: str
    size: int
    root: bytes
    index: int
    kind: str
    at_us: int  # when the house wrote it, by its own clock: µs since the epoch
    subject: str
    ref: str
    content: Any
    row: Row | None

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.at_us / 1e6, UTC)


# ---- RFC 6962 ----


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def check_hashes(*hashes: bytes) -> None:
    """Raises ProofError unless all are of 32 bytes."""
    if any(len(item) != HASH for item in hashes):
        raise ProofError(f"a hash is not of {HASH} bytes", f"哈希值不是 {HASH} 字节")


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash `leaf` is number `index` of the tree of `size` leaves with root `root`.

    Raises ProofError otherwise (RFC 9162 2.1.3.2).
    """
    if not 0 <= index < size:
        raise ProofError(f"number {index} is not in a tree of {size}", f"序号 {index} 不在 {size} 项的树中")
    check_hashes(leaf, root, *proof)
    low, high, result = index, size - 1, leaf
    for sibling in proof:
        if not high:
            raise ProofError("the proof is too long", "证明过长")
        if low & 1 or low == high:
            result = node_hash(sibling, result)
            while low and not low & 1:
                low, high = low >> 1, high >> 1
        else:
            result = node_hash(result, sibling)
        low, high = low >> 1, high >> 1
    if high:
        raise ProofError("the proof is too short", "证明过短")
    if result != root:
        raise ProofError("the proof leads to another root", "证明得出的树根不符")


# ---- signed notes and checkpoints ----


def key_id(name: str, typed_key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ 0A ‖ type ‖ public key)."""
    return sha256(name.encode() + b"\n" + typed_key).digest()[:4]


def unbase64(text: str) -> bytes:
    """Strict standard base64. Raises NoteError for anything else, also for another spelling of the same bytes."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError("something is not base64", "有内容不是 base64") from error
    if b64encode(raw).decode() != text:
        raise NoteError("something is not base64 as it is written", "有内容的 base64 写法不规范")
    return raw


def good_name(name: str) -> bool:
    """Whether `name` may name a key: not empty, no white space, no plus sign."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


class Verifier:
    """Checks one key's signatures; from a vkey, `name+hex(key ID)+base64(01 ‖ public key)`."""

    def __init__(self, vkey: str) -> None:
        """Raises NoteError when `vkey` is none."""
        name, _, rest = vkey.strip().partition("+")
        ident, _, key = rest.partition("+")
        raw = unbase64(key)
        if not good_name(name) or len(raw) != 33 or raw[:1] != ED25519:
            raise NoteError("this is no Ed25519 verifier key", "这不是 Ed25519 验证公钥")
        self.name, self.id = name, key_id(name, raw)
        if self.id.hex() != ident:
            raise NoteError("the verifier key's ID is not that of its name and key", "验证公钥的编号与名称、公钥不符")
        self._key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def holds(self, body: str, signature: bytes) -> bool:
        try:
            self._key.verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


def open_note(text: str, verifier: Verifier) -> str:
    """The body of a signed note on which a signature by `verifier` holds. Raises NoteError."""
    body, blank, signatures = text.rpartition("\n\n")
    if not blank or len(signatures) < 2 or not signatures.endswith("\n"):
        raise NoteError("there is no signed note", "没有带签名的文本")
    body += "\n"
    held = False
    for line in signatures[:-1].split("\n"):
        mark, name, encoded = line.split(" ") if line.count(" ") == 2 else ("", "", "")
        if mark != "—" or not good_name(name):
            raise NoteError("a signature line cannot be read", "签名行无法读取")
        raw = unbase64(encoded)
        if len(raw) <= 4:
            raise NoteError("a signature line cannot be read", "签名行无法读取")
        if name == verifier.name and raw[:4] == verifier.id:
            if not verifier.holds(body, raw[4:]):
                raise NoteError("the signature does not hold", "签名不成立")
            held = True
    if not held:
        raise NoteError(f"there is no signature by {verifier.name}", f"没有 {verifier.name} 的签名")
    return body


def decimal(text: str) -> int:
    """A whole number as written without sign or leading zero. Raises NoteError."""
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or str(int(text)) != text:
        raise NoteError("a number cannot be read", "数字无法读取")
    return int(text)


def parse_checkpoint(body: str) -> Checkpoint:
    """A checkpoint from a note's body; further lines are extensions and left alone. Raises NoteError."""
    origin, size, root, *_ = (*body.split("\n"), "", "")
    raw = unbase64(root)
    if not origin or len(raw) != HASH:
        raise NoteError("there is no checkpoint", "没有检查点")
    return Checkpoint(origin, decimal(size), raw)


def open_checkpoint(text: str, verifier: Verifier) -> Checkpoint:
    """A checkpoint signed by `verifier`, whose name is the log's origin. Raises NoteError."""
    checkpoint = parse_checkpoint(open_note(text, verifier))
    if checkpoint.origin != verifier.name:
        raise NoteError("the checkpoint is of another log", "检查点属于另一份日志")
    return checkpoint


# ---- receipts ----


def verify_receipt(text: str, vkey: str) -> Verified:
    """Check all that a receipt claims against the log's key. Raises Refused (a ValueError) with the reason."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != FORMAT or len(lines) < 3:
        raise ReceiptError(f"this is no receipt: it does not begin with {FORMAT}", f"这不是回执：开头不是 {FORMAT}")
    extra = _extra(_after("extra ", lines[1]))
    index = decimal(_after("index ", lines[2]))
    proof = [unbase64(line) for line in lines[3:]]
    checkpoint = open_checkpoint(note, Verifier(vkey))
    content = extra["content"].encode()
    commitment = sha256(_salt(extra) + content).digest()
    verify_inclusion(leaf_hash(commitment), index, checkpoint.size, proof, checkpoint.root)
    entry = _entry(content)
    row = _row(extra["row"], entry) if "row" in extra else None
    said = (entry["kind"], entry["at"], entry["subject"], entry["ref"], entry["content"])
    return Verified(checkpoint.origin, checkpoint.size, checkpoint.root, index, *said, row)


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise ReceiptError(f"the line “{word.strip()}” is missing", f"缺少 {word.strip()} 行")
    return line[len(word) :]


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"{what} is no JSON", f"{what} 不是 JSON") from error
    if not isinstance(value, dict):
        raise ReceiptError(f"{what} is no object", f"{what} 不是对象")
    return value


def _extra(encoded: str) -> dict[str, Any]:
    """The opening that the receipt carries; it must be canonical JSON of version 1."""
    raw = unbase64(encoded)
    extra = _object(raw, "extra")
    if (
        json.dumps(extra, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(errors="surrogatepass")
        != raw
    ):
        raise ReceiptError("extra is not canonical JSON", "extra 不是规范化的 JSON")
    if extra.get("v") != 1 or set(extra) - {"row"} != {"content", "salt", "v"}:
        raise ReceiptError("extra is of an unknown version", "extra 的版本未知")
    if not isinstance(extra["content"], str):
        raise ReceiptError("extra has no content", "extra 没有内容")
    return extra


def _salt(opening: dict[str, Any], *sizes: int) -> bytes:
    salt = opening["salt"]
    raw = unbase64(salt) if isinstance(salt, str) else b""
    if len(raw) not in (sizes or (32,)):
        raise ReceiptError("a salt has the wrong length", "盐值长度不对")
    return raw


def _entry(text: bytes) -> dict[str, Any]:
    """What the log commits to: {at, content, kind, ref, subject, v}, and `batch` when it commits to rows."""
    entry = _object(text, "content")
    words = all(isinstance(entry.get(name), str) for name in ("kind", "ref", "subject"))
    at = entry.get("at")
    timed = type(at) is int and 0 <= at < 253_402_300_800_000_000  # the year 10000
    if entry.get("v") != 1 or not words or not timed or "content" not in entry:
        raise ReceiptError("the content is of an unknown version", "内容的版本未知")
    return entry


def _row(row: Any, entry: dict[str, Any]) -> Row:
    """Check a batch's row against the root and size that the entry commits to."""
    batch = entry.get("batch")
    if not isinstance(batch, dict) or not isinstance(row, dict):
        raise ReceiptError("the entry is no batch, so it has no rows", "该记录不是批次，没有行")
    if set(row) != {"content", "hashes", "index", "salt", "size"} or row["size"] != batch.get("size"):
        raise ReceiptError("the row is not of this batch", "该行不属于这个批次")
    whole = type(row["index"]) is int and type(row["size"]) is int
    if not whole or not isinstance(row["content"], str) or not isinstance(row["hashes"], list):
        raise ReceiptError("the row cannot be read", "该行无法读取")
    content = row["content"].encode()
    leaf = leaf_hash(sha256(_salt(row, *range(16, 65)) + content).digest())
    hashes = [unbase64(item) if isinstance(item, str) else b"" for item in row["hashes"]]
    verify_inclusion(leaf, row["index"], row["size"], hashes, unbase64(str(batch.get("root"))))
    return Row(row["index"], row["size"], _object(content, "row"))


# ---- the command ----


def sentence(found: Verified, lang: str) -> str:
    """What was checked and what was not, in one sentence (`lang` "zh" or "en")."""
    when = found.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    row, size = (found.row.index, found.row.size) if found.row else (0, 0)
    if lang == "zh":
        part = f"第 {row} 行（共 {size} 行）属于该批次，" if found.row else ""
        return (
            f"回执成立：{part}该记录是日志 {found.origin} 的第 {found.index} 条（签名时共 {found.size} 条），"
            f"内容与记录时间 {when} 未被改动，检查点签名有效；未核对的是：内容是否属实、"
            "时钟是否准确、日志对所有人是否一致、其后是否有撤回或更正。"
        )
    part = f"row {row} of {size} is in that batch, " if found.row else ""
    return (
        f"The receipt holds: {part}the entry is number {found.index} of the log {found.origin} "
        f"(which had {found.size} entries when it was signed), content and time ({when}) are unchanged and the "
        "signature is valid; not checked: whether the content is true, the clock right, the log the same for "
        "everybody, or anything withdrawn since."
    )


def refusal(error: Refused, lang: str) -> str:
    """Why a receipt does not hold, in one sentence."""
    return f"回执不成立：{error.zh}。" if lang == "zh" else f"The receipt does not hold: {error.en}."


def check(path: Path, vkey: str, langs: Sequence[str] = ("zh", "en")) -> tuple[int, str]:
    """(exit status, what to print) for a receipt's file. Raises OSError."""
    try:
        found = verify_receipt(path.read_bytes().decode(), vkey)
    except UnicodeDecodeError:
        error = ReceiptError("it is no text", "不是文本")
        return 1, "\n".join(refusal(error, lang) for lang in langs)
    except Refused as error:
        return 1, "\n".join(refusal(error, lang) for lang in langs)
    said = {"kind": found.kind, "subject": found.subject, "content": found.content}
    if found.row:
        said["row"] = found.row.content
    return 0, "\n".join([*(sentence(found, lang) for lang in langs), json.dumps(said, ensure_ascii=False, indent=1)])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(description="Check a Mingbai receipt offline. 离线核验明白回执。")
    parser.add_argument("receipt", type=Path, help="the .tlog-proof file 回执文件")
    parser.add_argument("--vkey", required=True, help="the log's verifier key 日志的验证公钥")
    parser.add_argument("--lang", choices=("zh", "en"), help="one language 只用一种语言")
    given = parser.parse_args(arguments)
    try:
        status, text = check(given.receipt, given.vkey, (given.lang,) if given.lang else ("zh", "en"))
    except OSError as error:
        parser.exit(2, f"{given.receipt}: {error.strerror}\n")
    sys.stdout.write(text + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
