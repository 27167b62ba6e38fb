"""Receipts: what they prove, that nothing else passes, and that one file checks them without this house."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import cryptography
import pytest
from django.db import transaction

from mingbai.kernel.problems import Problem
from mingbai.ledger import actions, batches, canonical, order, queries, verify

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[4]
SCRIPT = ROOT / "scripts" / "mingbai-verify"
ROWS = [({"call": n, "word": "拒接"}, bytes([n % 256]) * 16) for n in range(300)]


def an_entry(extra: int = 5, subject: str = "subscriber:1") -> int:
    """An ordered entry among others."""
    with transaction.atomic():
        entry = actions.append("consent.refused", {"how": "短信"}, subject=subject, ref=subject)
        for n in range(extra):
            actions.append("test.said", {"n": n})
    while order.integrate():
        pass
    return entry


def a_batch(tmp_path: Path) -> int:
    leaves = [batches.row_leaf(salt, canonical.dumps(content)) for content, salt in ROWS]
    with transaction.atomic():
        tree = batches.Tree.build(tmp_path / "tree", leaves)
        return actions.append_batch("gate.segment", {"segment": 7}, tree=tree)


def receipt_of(entry: int) -> str:
    text = queries.receipt(entry)
    assert text
    return text


def row_receipt_of(entry: int, row: int) -> str:
    content, salt = ROWS[row]
    text = queries.row_receipt(entry, row, salt=salt, content=content)
    assert text
    return text


def refused(text: str, vkey: str) -> str:
    """Why a receipt is refused; fails when it is not."""
    with pytest.raises(verify.Refused) as caught:
        verify.verify_receipt(text, vkey)
    assert caught.value.en
    assert caught.value.zh
    return caught.value.en


def test_a_receipt_proves_its_entry() -> None:
    found = verify.verify_receipt(receipt_of(an_entry()), queries.vkey())
    assert (found.origin, found.index, found.size, found.kind) == (order.origin(), 0, 6, "consent.refused")
    assert (found.subject, found.content, found.row) == ("subscriber:1", {"how": "短信"}, None)


def test_a_row_of_a_batch_has_a_receipt_of_its_own(tmp_path: Path) -> None:
    entry = a_batch(tmp_path)
    assert queries.row_receipt(entry, 0, salt=ROWS[0][1], content=ROWS[0][0]) is None
    an_entry()
    for row in (0, 255, 256, 299):
        found = verify.verify_receipt(row_receipt_of(entry, row), queries.vkey())
        assert found.row == verify.Row(row, 300, ROWS[row][0])
        assert found.content == {"segment": 7}


def test_a_row_that_the_batch_does_not_have_gets_no_receipt(tmp_path: Path) -> None:
    entry = a_batch(tmp_path)
    other = an_entry()
    content, salt = ROWS[3]
    for row, wrong in ((4, content), (3, {"call": 99}), (300, content), (-1, content)):
        with pytest.raises(Problem):
            queries.row_receipt(entry, row, salt=salt, content=wrong)
    with pytest.raises(Problem, match="no batch"):
        queries.row_receipt(other, 3, salt=salt, content=content)


def test_every_changed_character_is_refused_with_a_reason(tmp_path: Path) -> None:
    vkey = queries.vkey()
    batch = a_batch(tmp_path)
    rng = random.Random(7)
    for text in (receipt_of(an_entry()), row_receipt_of(batch, 258)):
        verify.verify_receipt(text, vkey)
        data = text.encode()
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1 << rng.randrange(7)]) + data[at + 1 :]
            try:
                other = changed.decode()
            except UnicodeDecodeError:
                continue
            refused(other, vkey)
        for at in rng.sample(range(len(text)), 60):
            refused(text[:at] + text[at + 1 :], vkey)
            refused(text[:at] + "A" + text[at:], vkey)
            refused(text[:at], vkey)


def forged(text: str, **changes: object) -> str:
    """The receipt with its opening changed and encoded again."""
    lines = text.split("\n")
    extra = json.loads(b64decode(lines[1].removeprefix("extra ")))
    for name, value in changes.items():
        extra = {**extra, name: value} if value is not None else {k: v for k, v in extra.items() if k != name}
    lines[1] = "extra " + b64encode(canonical.dumps(extra)).decode()
    return "\n".join(lines)


def test_forged_openings_are_refused(tmp_path: Path) -> None:
    vkey = queries.vkey()
    batch, entry = a_batch(tmp_path), an_entry()
    text, of_row = receipt_of(entry), row_receipt_of(batch, 5)
    extra = json.loads(b64decode(of_row.split("\n")[1].removeprefix("extra ")))
    row = extra["row"]
    assert "version" in refused(forged(text, v=2), vkey)
    assert "version" in refused(forged(text, more="x"), vkey)
    assert "salt" in refused(forged(text, salt="AAAA"), vkey)
    assert "root" in refused(forged(text, content=json.dumps({"v": 1})), vkey)
    assert "no batch" in refused(forged(text, row=row), vkey)
    assert "not of this batch" in refused(forged(of_row, row={**row, "size": 301}), vkey)
    assert "cannot be read" in refused(forged(of_row, row={**row, "index": "5"}), vkey)
    assert "root" in refused(forged(of_row, row={**row, "index": 4}), vkey)
    assert "root" in refused(forged(of_row, row={**row, "content": '{"call":6}'}), vkey)
    assert "too short" in refused(forged(of_row, row={**row, "hashes": row["hashes"][:-1]}), vkey)
    assert "32 bytes" in refused(forged(of_row, row={**row, "hashes": ["AAAA", *row["hashes"][1:]]}), vkey)
    assert verify.verify_receipt(forged(of_row, row=None), vkey).row is None  # then it is the entry's own receipt


def test_another_key_or_origin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text, own = receipt_of(an_entry()), queries.vkey()
    name, ident, key = own.split("+", 2)
    assert "ID" in refused(text, f"{name}x+{ident}+{key}")
    assert "no Ed25519" in refused(text, f"+{ident}+{key}")
    assert refused(text, "")
    monkeypatch.setenv("MINGBAI_LOG_ORIGIN", "another.example/log/v1")
    assert "no signature by another.example" in refused(text, queries.vkey())


def test_old_receipts_verify_after_growth_and_after_shredding() -> None:
    entry = an_entry()
    before, vkey = receipt_of(entry), queries.vkey()
    actions.shred("subscriber:1", reason="asked")
    of_another = an_entry(300, "subscriber:2")
    assert verify.verify_receipt(before, vkey).content == {"how": "短信"}
    with pytest.raises(Problem, match="destroyed") as caught:
        queries.receipt(entry)
    assert caught.value.status == 410
    assert verify.verify_receipt(receipt_of(of_another), vkey).index == 7


def run_script(arguments: list[str], home: Path) -> tuple[int, str]:
    """The script alone: a python without this package, whose only library is `cryptography`."""
    for name in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
        for found in Path(cryptography.__file__).parent.parent.glob(f"{name}*"):
            if not (home / found.name).exists():
                (home / found.name).symlink_to(found)
    program = f"import sys, runpy; sys.path.append({str(home)!r}); sys.argv = ['mingbai-verify', *{arguments!r}]; "
    program += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_script_is_the_same_file_and_needs_only_cryptography(tmp_path: Path) -> None:
    assert SCRIPT.read_bytes() == Path(verify.__file__).read_bytes()
    assert SCRIPT.stat().st_mode & 0o111
    (library := tmp_path / "library").mkdir()
    entry, vkey = an_entry(), queries.vkey()
    good, bad = tmp_path / "good.tlog-proof", tmp_path / "bad.tlog-proof"
    good.write_text(receipt_of(entry))
    bad.write_text(receipt_of(entry).replace("index 0", "index 1"))
    for path, lang in ((good, "zh"), (good, "en"), (bad, "zh"), (bad, "en")):
        status, said = run_script([str(path), "--vkey", vkey, "--lang", lang], library)
        expected = verify.check(path, vkey, (lang,))
        assert (status, said.strip()) == (expected[0], expected[1].strip())
        assert status == (0 if path == good else 1)
    assert "mingbai" not in {path.name for path in library.iterdir()}
    assert run_script([str(tmp_path / "none"), "--vkey", vkey], library)[0] == 2


def test_the_command_needs_neither_django_nor_a_home(tmp_path: Path) -> None:
    path, vkey = tmp_path / "r.tlog-proof", queries.vkey()
    path.write_text(receipt_of(an_entry()))
    program = (
        "import sys\n"
        "class NoDjango:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'django': raise ImportError(name)\n"
        "sys.meta_path.insert(0, NoDjango())\n"
        "from mingbai.cli import main\n"
        f"main(['ledger', 'verify', {str(path)!r}, '--vkey', {vkey!r}])\n"
    )
    environment = {"PATH": "/usr/bin:/bin", "MINGBAI_HOME": str(tmp_path / "nowhere"), "LANG": "C.UTF-8"}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "回执成立" in ran.stdout
    assert "not checked: whether" in ran.stdout
    assert not (tmp_path / "nowhere").exists()
