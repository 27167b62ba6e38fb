"""A real installation is filled by its operator's commands alone, until a call rings with its label and receipt."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mingbai.calls import queries as calls
from mingbai.cli import main
from mingbai.cli.admin import subscribers
from mingbai.gate import feed
from mingbai.gate.feed import segments
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

pytestmark = pytest.mark.django_db(transaction=True)
VERIFY = Path(__file__).parents[2] / "scripts" / "mingbai-verify"
PERSON, LINE, FIRM, CENTRE = "13800000001", "95200011", "松风保险", "正道呼叫"
WHITELIST = f"号码,凭证编号,证明哈希,同意时间\n{PERSON},HT-1,{'ab' * 32},2026-01-31\n{{more}}"


def _mingbai(*words: object, fed: str | None = None) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words], input=fed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def _said(*words: object, fed: str | None = None) -> str:
    done = _mingbai("admin", *words, fed=fed)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def _refused(*words: object, fed: str | None = None) -> str:
    """The one sentence that wrong input ends with."""
    done = _mingbai("admin", *words, fed=fed)
    assert done.exit_code == 1, (words, done.output)
    assert done.stdout == ""
    assert re.fullmatch(r"mingbai: .+\n", done.stderr), done.stderr
    return done.stderr


@pytest.fixture
def empty(house: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home without a profile, which `mingbai init` takes for a new one."""
    house.profile.unlink()
    monkeypatch.setenv("MINGBAI_HOME", str(house.root))
    for name in ("MINGBAI_PUBLIC_URL", "MINGBAI_LOG_ORIGIN", "MINGBAI_ADMIN_PASSWORD", "MINGBAI_ACCOUNT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return house


@pytest.fixture
def made(empty: Home) -> Home:
    """An installation just made by `mingbai init`, nobody in it but its operator."""
    words = ("--profile", "cn-2018-whitelist", "--origin", "log.qingshan.example", "--organisation", "青山通信")
    done = _mingbai("init", *words)
    assert done.exit_code == 0, done.stderr
    # Marketing hours are the whole day: the suite may run at night.
    text = empty.profile.read_text("utf-8").replace('"09:00-21:00"', '"00:00-24:00"')
    empty.profile.write_text(text, "utf-8")
    return empty


@pytest.fixture
def filled(made: Home) -> Home:
    """With a firm, the call centre that calls for it, its number and the trunk that it comes from."""
    _said("organisation", "add", FIRM, "--kind", "enterprise", "--industry", "insurance")
    _said("organisation", "add", CENTRE, "--kind", "call_centre")
    _said("trunk", "add", "centre-a", "--carrier", "青山通信", "--source", "192.0.2.7:5060")
    whose = ("--holder", CENTRE, "--principal", FIRM, "--use", "marketing", "--trunk", "centre-a")
    assert f"{LINE}, marketing, held by {CENTRE} for {FIRM}" in _said("number", "add", LINE, *whose)
    return made


def _enforced(home: Home) -> None:
    """What the work loop does all the time: order, then facts."""
    while order.integrate():
        pass
    feed.catch_up(home)


def _receipt_of_only_attempt(home: Home) -> str:
    while segments.collect(home):
        pass
    _enforced(home)
    subscriber = people.subscriber_id(msisdn.require(PERSON))
    assert subscriber
    (attempt,) = calls.attempts_to(subscriber)
    receipt = calls.attempt_receipt(attempt.receipt_id)
    assert receipt
    return receipt


def _verified(receipt: str, folder: Path) -> str:
    """What the stand-alone script says with nothing but the vkey."""
    path = folder / "receipt.tlog-proof"
    path.write_text(receipt, "utf-8")
    argv = [sys.executable, VERIFY, path, "--vkey", ledger.vkey(), "--lang", "en"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_from_nothing_to_a_labelled_call(filled: Home, open_gate: Callable[..., Any], tmp_path: Path) -> None:
    said = _said("key", "add", "青山通信", "--name", "交换机", "--scope", "decide", "--trunk", "centre-a")
    key = said.split("shown once: ")[1].strip()
    listed = tmp_path / "whitelist.csv"
    listed.write_text(WHITELIST.format(more=""), "utf-8")
    (tmp_path / "wording.txt").write_text("我同意松风保险来电介绍产品", "utf-8")
    words = ("--principal", FIRM, "--purpose", "marketing", "--wording", tmp_path / "wording.txt")
    assert "1 rows: 1 taken, 0 not" in _said("import", "whitelist", listed, *words)
    _said("number", "label", LINE, "松风保险 续保提醒")
    _enforced(filled)
    gate = open_gate()
    line = gate.line(key)
    verdict = line.call(LINE, PERSON, "centre-a")
    line.close()
    gate.stop()
    assert (verdict["decision"], verdict["rule"], verdict["label"]) == ("label", "labelled", "松风保险 续保提醒")
    told = _verified(_receipt_of_only_attempt(filled), tmp_path)
    assert "gate.segment" in told
    assert "log.qingshan.example/log/v1" in told


def test_organisations(filled: Home) -> None:
    assert CENTRE in _said("organisation", "list", "--kind", "call_centre")
    assert _said("organisation", "state", CENTRE, "suspended", "--reason", "投诉") == f"{CENTRE}: suspended\n"
    for words in (("key", "add", CENTRE, "--name", "x", "--scope", "consent:read"),
                  ("account", "add", "wang", "-o", CENTRE, "--role", "admin")):  # fmt: skip
        assert "the organisation is suspended: make it active first" in _refused(*words)
    centre = people.organisation_by_name(CENTRE)
    assert centre
    _said("organisation", "state", centre.id, "active", "--reason", "整改完成")
    assert "is registered" in _refused("organisation", "add", FIRM, "--kind", "enterprise")
    assert "call_centre" in _refused("organisation", "add", "新", "--kind", "club")
    assert "industry" in _refused("organisation", "add", "新", "--kind", "agent", "--industry", "gambling")
    assert "credit code" in _refused("organisation", "add", "新", "--kind", "agent", "--credit-code", "1")
    assert "organisation list" in _refused("organisation", "state", "无此单位", "active", "--reason", "x")
    assert "UTF-8" in _refused(
        "organisation", "add", "松风".encode("gbk").decode("utf-8", "surrogateescape"), "--kind", "x"
    )
    assert "suspended" in _refused("organisation", "state", FIRM, "asleep", "--reason", "x")


def test_accounts(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    said = _said("account", "add", "li", "-o", FIRM, "--role", "compliance")
    assert re.search(r"password \(shown once\): \S{16}", said)
    monkeypatch.setenv("MINGBAI_ACCOUNT_PASSWORD", "correct horse battery")
    assert _said("account", "password", "li") == "account li: password changed\n"
    _said("account", "deactivate", "li")
    assert "closed" in _said("account", "list", "-o", FIRM)
    _said("account", "activate", "li")
    assert "taken" in _refused("account", "add", "li", "-o", FIRM, "--role", "admin")
    assert "auditor" in _refused("account", "add", "wang", "-o", FIRM, "--role", "king")
    assert "--organisation" in _refused("account", "add", "wang", "-o", "无", "--role", "admin")
    monkeypatch.setenv("MINGBAI_ACCOUNT_PASSWORD", "short")
    assert "password" in _refused("account", "password", "li")
    for verb in ("password", "deactivate", "activate"):
        assert "no account" in _refused("account", verb, "nobody")


def test_trunks_and_keys(filled: Home) -> None:
    assert "192.0.2.7:5060" in _said("trunk", "list")
    assert "registered" in _refused("trunk", "add", "centre-a", "--carrier", "青山通信")
    assert "letters" in _refused("trunk", "add", "中继", "--carrier", "青山通信")
    assert "--carrier" in _refused("trunk", "add", "b", "--carrier", "无")
    said = _said("key", "add", CENTRE, "--name", "坐席", "--scope", "decide", "--number", LINE)
    key_id, secret = re.findall(r"^key (\d+) ", said)[0], said.split("shown once: ")[1].strip()
    assert people.api_key(secret)
    assert secret not in _said("key", "list", CENTRE)
    _said("key", "revoke", key_id)
    assert people.api_key(secret) is None
    assert "revoked" in _said("key", "list", CENTRE)
    named = ("key", "add", CENTRE, "--name", "x", "--scope")
    assert "consent:read" in _refused(*named, "everything")
    assert "only an operator" in _refused(*named, "decide")
    assert "trunk list" in _refused(*named, "decide", "--trunk", "nowhere")
    assert "9999" not in _refused(*named, "decide", "--number", "9999")
    assert "organisation list" in _refused("key", "add", "无", "--name", "x", "--scope", "decide")
    assert "no key 999999" in _refused("key", "revoke", "999999")


def test_numbers(filled: Home) -> None:
    _said("organisation", "add", "好房", "--kind", "enterprise")
    assert "for 好房" in _said("number", "principal", LINE, "--trunk", "centre-a", "--principal", "好房")
    assert f"for {FIRM}" in _said("number", "principal", LINE, "--trunk", "centre-a", "--end")
    assert "5/–/200 calls" in _said("number", "limits", LINE, "--per-minute", 5, "--per-day", 200)
    assert "not on file" in _said("number", "committed", LINE, "--no")
    assert "any trunk" in _said("number", "trunks", LINE, "--any")
    _said("number", "trunks", LINE, "centre-a")
    assert "9/–/– calls together" in _said("contract", "sign", CENTRE, "--per-minute", 9)
    row = numbers.holder_of(msisdn.require(LINE))
    assert row is not None
    assert (row.limits, row.trunk_names, row.assignments) == ((5, 0, 200), ("centre-a",), ())
    _said("number", "state", LINE, "suspended", "--reason", "投诉")
    assert "suspended" in _said("number", "list", "--holder", CENTRE)


def test_wrong_numbers(filled: Home) -> None:
    whose = ("--holder", FIRM, "--use")
    assert "registered already" in _refused("number", "add", LINE, *whose, "marketing")
    assert "service" in _refused("number", "add", "4008109889", *whose, "singing")
    assert "--holder" in _refused("number", "add", "4008109889", "--holder", "无", "--use", "service")
    assert "trunk list" in _refused("number", "add", "4008109889", *whose, "service", "--trunk", "nowhere")
    assert "99999999999" not in _refused("number", "add", "99999999999", *whose, "service")
    assert "limit" in _refused("number", "limits", LINE, "--per-day", "-1")
    assert "40" in _refused("number", "label", LINE, "长" * 41)
    assert "active" in _refused("number", "state", LINE, "asleep", "--reason", "x")
    assert "reason" in _refused("number", "state", LINE, "closed", "--reason", " ")
    assert "--any" in _refused("number", "trunks", LINE)
    assert "--end" in _refused("number", "principal", LINE, "--trunk", "centre-a")
    assert "is not registered" in _refused("number", "committed", "4008109889", "--yes")
    assert "limit" in _refused("contract", "sign", CENTRE, "--per-day", "-1")
    assert "HOLDER" in _refused("contract", "sign", "无")


def test_a_range_is_named_by_its_first_number_and_personal_ones_are_masked(filled: Home) -> None:
    said = _said("number", "add", "13900000000", "--last", "13900000009", "--holder", FIRM, "--use", "service")
    assert "139****0000 to 139****0009 (10 numbers)" in said
    told = _refused("number", "label", "13900000003", "客服")
    assert "first number of the range" in told
    assert "13900000003" not in told
    assert "13900000000" not in _said("number", "list")


def test_a_number_has_another_user(filled: Home) -> None:
    said = _said("recycle", "-", fed=f"{PERSON}\n")
    assert "138****0001" in said
    assert PERSON not in said
    before = people.subscriber_id(msisdn.require(PERSON))
    _said("recycle", PERSON)
    assert people.subscriber_id(msisdn.require(PERSON)) != before
    assert "123456789012" not in _refused("recycle", "123456789012")


def test_a_person_is_forgotten(filled: Home, tmp_path: Path) -> None:
    assert "nobody is known" in _refused("erase", PERSON, "--reason", "本人要求", "--yes")
    _said("recycle", PERSON)
    before = people.subscriber_id(msisdn.require(PERSON))
    assert before
    assert "say --yes" in _refused("erase", PERSON, "--reason", "本人要求")
    assert "reason" in _refused("erase", PERSON, "--reason", " ", "--yes")
    assert PERSON not in _said("erase", "-", "--reason", "本人要求", "--yes", fed=PERSON)
    assert people.masked(before) == "***"
    assert {entry.content is None for entry in ledger.of_subject(f"subscriber:{before}")} >= {True}
    # What is said under the number from now on has entries again, and the number can change hands.
    _said("recycle", PERSON)


def test_a_person_whose_records_a_law_wants_kept_is_restricted(filled: Home) -> None:
    _said("recycle", PERSON)
    before = people.subscriber_id(msisdn.require(PERSON))
    assert "nothing wants these records kept" in _refused("restrict", PERSON, "--reason", "本人要求")
    assert "past" in _refused("retain", PERSON, "--until", "2020-01-01", "--reason", "电子商务法 31")
    assert "kept until 2099-12-31" in _said("retain", PERSON, "--until", "2099-12-31", "--reason", "电子商务法 31")
    told = _refused("erase", PERSON, "--reason", "本人要求", "--yes")
    assert "2099-12-31T16:00:00" in told
    assert "mingbai admin restrict" in told
    said = _said("restrict", PERSON, "--reason", "本人要求")
    assert PERSON not in said
    assert people.restricted() == [before]


def test_forgetting_is_confirmed(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _said("recycle", PERSON)
    before = people.subscriber_id(msisdn.require(PERSON))
    monkeypatch.setattr(subscribers, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    done = _mingbai("admin", "erase", PERSON, "--reason", "本人要求", fed="n\n")
    assert (done.exit_code, people.subscriber_id(msisdn.require(PERSON))) == (1, before)
    said = _said("erase", PERSON, "--reason", "本人要求", fed="y\n")
    assert people.subscriber_id(msisdn.require(PERSON)) != before
    assert PERSON not in said


def test_files(filled: Home, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    words = ("import", "whitelist", listed, "--principal", FIRM, "--purpose", "marketing")
    listed.write_text(WHITELIST.format(more="12,HT-2,,昨天\n"), "utf-8")
    done = _mingbai("admin", *words)
    assert done.exit_code == 1
    assert "2 rows: 0 taken, 1 not" in done.stdout
    assert "row 3, " in done.stderr
    done = _mingbai("admin", *words, "--keep-good")
    assert (done.exit_code, "2 rows: 1 taken, 1 not" in done.stdout) == (0, True)
    assert PERSON not in done.output
    assert "--principal" in _refused(*words[:3], "--principal", "无", "--purpose", "marketing")
    listed.write_text("什么,都不是\n1,2\n", "utf-8")
    assert "mingbai: " in _mingbai("admin", *words).stderr


def test_a_file_of_numbers(filled: Home, tmp_path: Path) -> None:
    table = tmp_path / "numbers.csv"
    table.write_text("号码,用途\n4008109889,客服\n12,客服\n", "utf-8")
    words = ("import", "numbers", table, "--holder", FIRM)
    done = _mingbai("admin", *words)
    assert (done.exit_code, done.stdout) == (1, "2 rows: 0 taken, 1 not\n")
    assert "row 3, number: " in done.stderr
    assert _said(*words, "--keep-good") == "2 rows: 1 taken, 1 not\n"
    assert "--holder" in _refused(*words[:3], "--holder", "无")
    table.write_text("", "utf-8")
    assert "empty" in _refused(*words)


def test_without_an_installation_every_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path / "nowhere"))
    assert "run `mingbai init`" in _refused("organisation", "list")
    assert _mingbai("admin", "number", "add", "--help").exit_code == 0


def test_another_users_installation_is_left_alone(made: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: made.root.stat().st_uid + 1)
    assert "belongs to the user" in _refused("organisation", "list")


def _of_the_operations_page() -> list[list[str]]:
    """The commands of its chapter on filling an installation, in their order, a list of words each."""
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    chapter = text.split("## From nothing to the first call")[1].split("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("    mingbai ")]
    return [shlex.split(part)[1:] for line in lines for part in line.split(" #")[0].split(";")]


def test_what_the_operations_page_says_works(empty: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numbers.csv").write_text("号码,用途,使用主体\n4008109889,客服,松风保险\n", "utf-8")
    (tmp_path / "consents.csv").write_text(WHITELIST.format(more=""), "utf-8")
    monkeypatch.chdir(tmp_path)
    commands = _of_the_operations_page()
    assert len(commands) > 18
    for words in commands:
        if words[:2] == ["gate", "decide"]:
            _enforced(empty)
        if words[2:3] == ["revoke"]:
            words[3] = str(people.api_keys()[-1].id)
        more = ["--yes"] if "erase" in words else []
        done = _mingbai(*words, *more, fed=f"{PERSON}\n")
        assert done.exit_code == 0, (words, done.output)
