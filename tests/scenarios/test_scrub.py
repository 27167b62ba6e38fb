"""A list scrubbed says, row by row, what the gate would say to each call."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from mingbai.cli import main
from mingbai.gate.decide import Call, decide
from mingbai.gate.facts import (
    CLAIMED,
    GIVEN,
    REFUSED,
    ConsentFact,
    Gathered,
    NumberFacts,
    OrganisationFacts,
    Reader,
    SubscriberFacts,
    TrunkFacts,
    Writer,
)
from mingbai.gate.scrub import CODES, columns, scrub, snapshot
from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import INDUSTRIES, PURPOSES, USES, Industry, Use

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # noon in Shanghai
FIRM, RIVAL, CENTRE = 3, 4, 5
CALLER = "95533"
TODAY = int(NOON.timestamp()) // 86_400
LOANS = 1 + INDUSTRIES.index(Industry.LOANS)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make_keys()
    made.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    with clock.at(NOON):
        writer = Writer(made.facts)
        with writer.batch() as batch:
            batch.put_organisation(FIRM, OrganisationFacts(industry=LOANS, name="明心贷款"))
            batch.put_organisation(RIVAL, OrganisationFacts(name="别家"))
            batch.put_organisation(CENTRE, OrganisationFacts(name="通达呼叫"))
            batch.put_trunk("line-1", TrunkFacts(1))
            facts = NumberFacts(CENTRE, RIVAL, USES.index(Use.MARKETING), assignments=((1, FIRM),), committed=True)
            batch.put_number(8695533, 8695533, facts)
            batch.position(0, clock.now_us())
        writer.close()
    return made


def said(home: Home, number: str, facts: SubscriberFacts | None, *, count: int | None = None) -> None:
    """Write a subscriber's facts as the feed does; with `count`, noted as touched by that write."""
    key = Lookup(home.key("lookup")).key(msisdn.parse(number).digits or "1")
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.put_subscriber(key, facts)
        if count is not None:
            batch.put_meta(snapshot.COUNT, str(count).encode())
            batch.put_meta(snapshot.touched_key(count), key)
    writer.close()


def random_facts(chance: random.Random) -> SubscriberFacts:
    consents = {}
    for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
        principal, purpose = chance.choice([FIRM, FIRM, RIVAL]), chance.randrange(len(PURPOSES))
        state = REFUSED if purpose == 0 else chance.choice([GIVEN, CLAIMED, REFUSED])
        until = chance.choice([0, 0, TODAY - 1, TODAY, TODAY + 30])
        consents[principal, purpose] = ConsentFact(principal, purpose, state, until, chance.randrange(1, 10**9))
    blocked = chance.random() < 0.2
    return SubscriberFacts(
        tuple(consents.values()),
        (8695533,) if blocked and chance.random() < 0.3 else (),
        ("86955",) if blocked and chance.random() < 0.3 else (),
        tuple(chance.sample([FIRM, RIVAL, CENTRE], chance.randrange(3))) if blocked else (),
        chance.getrandbits(6) if blocked else 0,
    )


def random_number(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.9:
        return f"138{chance.randrange(20_000):08d}"
    if kind < 0.95:
        return f"021-6{chance.randrange(1000):07d}"
    return chance.choice(["", "12", "110", "not a number", "95588", "+12125550123", "4008109889"])


def load(home: Home, chance: random.Random, people: int) -> None:
    lookup = Lookup(home.key("lookup"))
    writer = Writer(home.facts)
    with writer.batch() as batch:
        for _ in range(people):
            digits = msisdn.parse(random_number(chance)).digits
            if digits:
                batch.put_subscriber(lookup.key(digits), random_facts(chance))
    writer.close()


def write(path: Path, numbers: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name", "phone"], *([f"客户{i}", number] for i, number in enumerate(numbers))])
    return path


def read(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding))))


@pytest.mark.parametrize("by_number", [True, False])
@pytest.mark.parametrize("purpose", [Use.MARKETING, Use.SERVICE])
def test_a_hundred_thousand_calls_get_the_gates_own_verdicts(
    home: Home, tmp_path: Path, purpose: Use, by_number: bool
) -> None:
    chance = random.Random(f"{purpose}{by_number}")
    load(home, chance, 30_000)
    numbers = [random_number(chance) for _ in range(25_000)]
    caller, trunk = (CALLER, "line-1") if by_number else ("", "")
    with clock.at(NOON):
        out = tmp_path / "out.csv"
        snapshot.make(home, Reader(home.facts, Lookup(home.key("lookup"))))
        for count in range(1, 60):  # and some say something after the columns were taken
            said(home, numbers[count], random_facts(chance), count=count)
        scrub(
            write(tmp_path / "list.csv", numbers),
            organisation=FIRM, purpose=purpose, out=out, home=home, caller=caller, trunk=trunk, at=NOON,
        )  # fmt: skip
        expected = asked(home, numbers, purpose, caller, trunk)
    got = [(row["verdict"], row["reason"], row["consent"]) for row in read(out)]
    assert got == expected
    assert len(set(got)) > 50


def asked(home: Home, numbers: list[str], purpose: Use, caller: str, trunk: str) -> list[tuple[str, str, str]]:
    """What the gate answers to single questions about the same calls."""
    lookup = Lookup(home.key("lookup"))
    reader = Reader(home.facts, lookup)
    with reader.view() as view:
        firm = view.organisation(FIRM)
        own = NumberFacts(FIRM, FIRM, USES.index(purpose))
        found = []
        for number in numbers:
            callee = msisdn.parse(number)
            if not callee.valid:
                found.append(("malformed", "号码无法识别", ""))
                continue
            call = Call(msisdn.parse(caller), callee, trunk, int(NOON.timestamp() * 1e6), 12 * 60, USES.index(purpose))
            if caller:
                gathered = reader.gather(call)
            else:
                call = call._replace(caller=msisdn.Msisdn("", msisdn.Kind.FIXED))
                gathered = Gathered(own, view.subscriber(lookup.key(callee.digits)), FIRM, firm, firm)
            verdict = decide(call, gathered, RULES)
            found.append((CODES[verdict.decision], verdict.reason["zh"], str(verdict.consent or "")))
    reader.close()
    return found


RULES = profile.parse(profile.packaged("cn-2018-whitelist"), "profile.toml")


def test_a_refusal_made_a_moment_ago_is_honoured(home: Home, tmp_path: Path) -> None:
    consent = ConsentFact(FIRM, 1, GIVEN, 0, 77)
    said(home, "13800000001", SubscriberFacts((consent,)))
    source, out = write(tmp_path / "list.csv", ["13800000001"]), tmp_path / "out.csv"
    with clock.at(NOON):
        scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
        assert [(row["verdict"], row["consent"]) for row in read(out)] == [("label", "77")]
        said(home, "13800000001", SubscriberFacts((consent._replace(state=REFUSED),)), count=1)
        report = scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home, language="en")
    assert [(row["verdict"], row["consent"]) for row in read(out)] == [("refuse", "77")]
    assert read(out)[0]["reason"] == "The called person refused calls from this firm"
    assert report.rules == {"callee.refused": 1}


def test_when_a_note_of_what_changed_is_gone_the_columns_are_made_anew(home: Home, tmp_path: Path) -> None:
    source, out = write(tmp_path / "list.csv", ["13800000001"]), tmp_path / "out.csv"
    with clock.at(NOON):
        scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
        said(home, "13800000001", SubscriberFacts((ConsentFact(FIRM, 1, GIVEN, 0, 78),)), count=1)
        writer = Writer(home.facts)
        with writer.batch() as batch:
            batch.put_meta(snapshot.touched_key(1), None)
        writer.close()
        scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
    assert read(out)[0]["consent"] == "78"


HOSTILE = (
    "\"备注, \n两行\",号码,n\r\n"
    "\"他说\"\"好\"\"\n,再打\",13800000001,007\r\n"
    " x ,\"13800000001\",1\r\n"
    "\r\n"
    "，,,\r\n"
    "138\r\n"
    "a, 138-0000-0001 ,b,c,d\n"
    "last,13800000001"
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_other_bytes_of_the_list_stay_as_they_were(home: Home, tmp_path: Path, encoding: str) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_bytes(HOSTILE.encode(encoding))
    said(home, "13800000001", SubscriberFacts((ConsentFact(FIRM, 1, GIVEN, 0, 5),)))
    with clock.at(NOON):
        report = scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
    yes, bad = ",label,被叫用户已同意，接通并标注,5", ",malformed,号码无法识别,"
    want = (
        "\"备注, \n两行\",号码,n,verdict,reason,consent\r\n"
        f"\"他说\"\"好\"\"\n,再打\",13800000001,007{yes}\r\n"
        f" x ,\"13800000001\",1{yes}\r\n"
        "\r\n"
        f"，,,{bad}\r\n"
        f"138{bad}\r\n"
        f"a, 138-0000-0001 ,b,c,d{yes}\n"
        f"last,13800000001{yes}\r\n"
    )  # fmt: skip
    assert out.read_bytes().decode(encoding) == want
    assert report.verdicts == {"label": 4, "malformed": 2}
    assert report.rows == 6


def test_parquet_keeps_its_columns_and_order(home: Home, tmp_path: Path) -> None:
    table = pa.table(
        {"id": pa.array([3, 1, 2], pa.int8()), "phone": [13800000001, 13800000002, None], "z": [[1], [], None]}
    )
    pq.write_table(table, tmp_path / "list.parquet")
    said(home, "13800000001", SubscriberFacts((ConsentFact(FIRM, 1, CLAIMED, 0, 5),)))
    with clock.at(NOON):
        scrub(
            tmp_path / "list.parquet", organisation=FIRM, purpose=Use.MARKETING, out=tmp_path / "o.parquet", home=home
        )
    result = pq.read_table(tmp_path / "o.parquet")
    assert result.select(["id", "phone", "z"]).equals(table)
    assert result["verdict"].to_pylist() == ["label", "refuse", "malformed"]
    assert result["consent"].to_pylist() == [5, None, None]


def test_without_a_time_the_hours_do_not_stand_in_the_way(home: Home, tmp_path: Path) -> None:
    said(home, "13800000001", SubscriberFacts((ConsentFact(FIRM, 1, GIVEN, 0, 5),)))
    source, out = write(tmp_path / "list.csv", ["13800000001"]), tmp_path / "out.csv"
    night = NOON.replace(hour=19)  # three in the morning in Shanghai
    with clock.at(NOON):
        scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
        assert read(out)[0]["verdict"] == "label"
        report = scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home, at=night)
    assert report.rules == {"hours.outside": 1}


def test_faults_are_told_so_that_they_can_be_mended(home: Home, tmp_path: Path) -> None:
    def run(name: str, content: bytes, **more: str) -> None:
        (tmp_path / name).write_bytes(content)
        out = tmp_path / "out.csv"
        scrub(tmp_path / name, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home, **more)

    with pytest.raises(Problem, match="“vorname”, “straße”") as found:
        run("a.csv", "vorname,straße\nx,y\n".encode())
    assert found.value.code == "list.no_numbers"
    with pytest.raises(Problem, match="no column “fax”"):
        run("a.csv", b"phone\n1\n", column="fax")
    with pytest.raises(Problem, match="no header line"):
        run("empty.csv", b"")
    with pytest.raises(Problem, match="no Parquet file"):
        run("x.parquet", b"phone\n1\n")
    with pytest.raises(Problem, match="does not call for this organisation"):
        run("a.csv", b"phone\n1\n", caller=CALLER)
    assert not list(tmp_path.glob("*out.csv*"))


def test_the_list_itself_is_never_overwritten(home: Home, tmp_path: Path) -> None:
    source = write(tmp_path / "list.csv", ["13800000001"])
    (tmp_path / "link.csv").symlink_to(source)
    before = source.read_bytes()
    for out in (source, tmp_path / "link.csv", tmp_path / "home" / ".." / "list.csv"):
        with pytest.raises(Problem, match="the list itself") as found:
            scrub(source, organisation=FIRM, purpose=Use.MARKETING, out=out, home=home)
        assert found.value.code == "scrub.out"
    assert source.read_bytes() == before


def test_without_facts_nothing_is_scrubbed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    with pytest.raises(Problem, match="gate rebuild"):
        scrub(write(tmp_path / "a.csv", ["1"]), organisation=1, purpose=Use.MARKETING, out=tmp_path / "o", home=home)


def test_from_the_command_line(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_HOME", str(home.root))
    said(home, "13800000001", SubscriberFacts((ConsentFact(FIRM, 1, GIVEN, 0, 5),)))
    source = write(tmp_path / "list.csv", ["13800000001", "13800000002", "x"])
    command = ["scrub", str(source), "--organisation", str(FIRM), "--purpose", "marketing"]
    with clock.at(NOON):
        result = CliRunner().invoke(main, [*command, "--json", "--at", "2026-11-21 10:00:00"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["verdicts"] == {"label": 1, "refuse": 1, "malformed": 1}
        assert [row["verdict"] for row in read(tmp_path / "list.scrubbed.csv")] == ["label", "refuse", "malformed"]
        result = CliRunner().invoke(main, [*command[:2], "-o", "99", "-p", "marketing"])
    assert result.exit_code == 1
    assert "no such organisation" in result.stderr
    assert "Traceback" not in result.output


def test_a_kept_index_finds_what_a_fresh_one_finds(tmp_path: Path) -> None:
    keys = np.unique(np.random.default_rng(5).integers(0, 2**64, 70_000, np.uint64))
    one = np.zeros(len(keys), np.uint32)
    places = np.arange(len(keys), dtype=np.uint32)
    blocks = columns.Blocks(np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty(0, np.uint64))
    made = columns.Columns({7: (0, len(keys))}, keys, one, places, places.astype(np.uint64), blocks, [()])
    columns.save(made, tmp_path)
    kept = columns.load(tmp_path).of(7)
    assert kept.begin is not None
    wanted = np.concatenate([keys[::7], keys[::11] + np.uint64(1)])
    found = columns.Finder(kept.keys, kept.begin).find(wanted)
    assert (found == columns.Finder(keys).find(wanted)).all()
    assert (found[: len(keys[::7])] >= 0).all()
