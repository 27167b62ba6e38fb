"""From the application to the number that rests: what each step asks for, and who may take it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mingbai.admission import actions, events, queries
from mingbai.admission.tests.conftest import PDF, YES, Hall
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.ledger.seal import check
from mingbai.numbers import queries as numbers

pytestmark = pytest.mark.django_db
NUMBER = parse("95011123")


@pytest.mark.usefixtures("real_sheet")
def test_from_the_application_to_the_number(hall: Hall) -> None:
    application = hall.submitted()
    assert hall.state(application) == "submitted"
    assert [one.id for one in queries.waiting()] == [application]
    contract = actions.approve(application, account=hall.second, answers=YES)
    shown = queries.contract(application)
    assert shown is not None
    assert (shown.id, shown.signed_at) == (contract, None)
    for clause in (
        "每小时不超过 60 次",
        "09:00 至 18:00",
        "同意",
        "违约后果",
        "终止合同",
        "申诉",
        "10 个工作日",
        "外呼书面承诺",
    ):
        assert clause in shown.text
    hall.sign(application)
    sealed = actions.sealed_pdf(application, account=hall.who["centre", "auditor"])
    assert check(sealed).holds
    resource = actions.allocate(application, account=hall.who["operator", "operations"])
    held = numbers.holder_of(NUMBER)
    assert held is not None
    assert (held.id, held.holder, held.principal, held.limits) == (resource, hall.centre, hall.firm, (10, 60, 600))
    assert held.committed
    together = numbers.contract(hall.centre)
    assert together is not None
    assert together.limits == (10, 60, 600)
    kinds = [one.kind for one in ledger.of_subject(f"organisation:{hall.centre}")]
    for kind in (events.ENTERED, events.PAPER, events.SUBMITTED, events.APPROVED, events.SIGNED, events.ALLOCATED):
        assert kind in kinds


def test_whoever_entered_it_does_not_review_it(hall: Hall) -> None:
    clerk = hall.who["operator", "compliance"]
    application = actions.enter(account=clerk, applicant=hall.centre, declaration=hall.declared())
    hall.papers(application)
    actions.submit(application, account=hall.who["centre", "admin"], identity=hall.identity())
    for act in (
        lambda: actions.approve(application, account=clerk, answers=YES),
        lambda: actions.refuse(application, account=clerk, answers=YES, reason="材料不实"),
        lambda: actions.send_back(application, account=clerk, answers=YES, reason="请补材料"),
    ):
        with pytest.raises(Problem, match="does not review"):
            act()
    actions.approve(application, account=hall.second, answers=YES)


@pytest.mark.parametrize("paper", [one.value for one in actions.Paper])
def test_each_of_the_five_papers_is_needed_in_force(hall: Hall, paper: str) -> None:
    application = hall.entered()
    hall.papers(application)
    with clock.at(clock.now()) as advance:
        hall.paper(application, paper, days=3)
        advance(5 * 86_400)
        with pytest.raises(Problem, match="missing or expired") as told:
            actions.submit(application, account=hall.who["centre", "operations"], identity=hall.identity())
        assert told.value.where == paper
        with pytest.raises(Problem, match="expired"):
            hall.paper(application, paper, days=-1)
        hall.paper(application, paper, days=None)
        actions.submit(application, account=hall.who["centre", "operations"], identity=hall.identity())


def test_a_paper_that_ran_out_meanwhile_stops_the_approval(hall: Hall) -> None:
    application = hall.submitted()
    with clock.at(clock.now() + timedelta(days=401)), pytest.raises(Problem, match="missing or expired"):
        actions.approve(application, account=hall.second, answers=YES)


def test_papers_lie_encrypted_and_a_look_at_them_is_on_record(hall: Hall, home: Home) -> None:
    application = hall.submitted()
    paper = queries.documents(application)[0]
    for file in (Path(home.files) / "admission").iterdir():
        assert PDF not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    name, content = actions.open_paper(paper.id, account=hall.who["operator", "admin"])
    assert (name, content[: len(PDF)]) == ("business_licence.pdf", PDF)
    kinds = [one.kind for one in ledger.of_subject(f"organisation:{hall.centre}")]
    assert kinds.count(events.PAPERS_OPENED) == 1
    with pytest.raises(Problem, match="operator's staff"):
        actions.open_paper(paper.id, account=hall.who["firm", "admin"])
    file = next((Path(home.files) / "admission").iterdir())
    file.write_bytes(bytes(reversed(file.read_bytes())))
    told = []
    for one in queries.documents(application):
        try:
            actions.open_paper(one.id, account=hall.who["centre", "admin"])
        except Problem as problem:
            told.append(problem.code)
    assert told == ["admission.file_changed"]


def test_what_is_no_scan_is_not_taken(hall: Hall) -> None:
    application = hall.entered()
    for content in (b"", b"MZ\x90\x00 a program", b"<html>"):
        with pytest.raises(Problem, match="PDF, PNG or JPEG"):
            actions.add_paper(
                application, account=hall.who["centre", "admin"], paper="business_plan", file=io.BytesIO(content),
                file_name="x.pdf", expires_on=None,
            )  # fmt: skip


def test_sent_back_mended_and_refused_with_reasons(hall: Hall) -> None:
    application = hall.submitted()
    no = YES | {"volume": (False, "日呼叫量与人员不符")}
    with pytest.raises(Problem, match="item is a no"):
        actions.approve(application, account=hall.second, answers=no)
    with pytest.raises(Problem, match="every item"):
        actions.approve(application, account=hall.second, answers={"papers": (True, "")})
    with pytest.raises(Problem, match="needs a note"):
        actions.send_back(application, account=hall.second, answers=YES | {"use": (False, " ")}, reason="用途不明")
    actions.send_back(application, account=hall.second, answers=no, reason="呼叫量请说明")
    found = queries.application(application)
    assert found is not None
    assert (found.state, found.reason) == ("findings", "呼叫量请说明")
    (look,) = queries.reviews(application)
    assert ("volume", False, "日呼叫量与人员不符") in look.items
    actions.amend(
        application, account=hall.who["centre", "operations"],
        declaration=hall.declared(volume=actions.Volume(5, 30, 200)),
    )  # fmt: skip
    actions.submit(application, account=hall.who["centre", "operations"])
    actions.refuse(application, account=hall.second, answers=no, reason="许可证业务种类不符")
    assert hall.state(application) == "refused"
    with pytest.raises(Problem, match="is refused"):
        actions.approve(application, account=hall.second, answers=YES)


def test_what_is_signed_is_what_was_shown(hall: Hall) -> None:
    application = hall.approved()
    with pytest.raises(Problem, match="not the text"):
        actions.sign(application, account=hall.who["centre", "admin"], signer="李明", text_sha256="0" * 64)
    contract = queries.contract(application)
    assert contract is not None
    for short in ("firm", "operator"):
        with pytest.raises(Problem, match="another firm"):
            actions.sign(application, account=hall.who[short, "admin"], signer="李明", text_sha256=contract.text_sha256)
    with pytest.raises(Problem, match="may not do that"):
        actions.sign(
            application, account=hall.who["centre", "operations"], signer="李明", text_sha256=contract.text_sha256
        )
    with pytest.raises(Problem, match="is approved"):
        actions.allocate(application, account=hall.who["operator", "admin"])
    hall.sign(application)
    with pytest.raises(Problem, match="is signed"):
        hall.sign(application)


def test_given_back_it_rests_and_the_next_holder_begins_a_new_tenure(hall: Hall) -> None:
    application = hall.allocated()
    with clock.at(clock.now() + timedelta(days=1)) as advance:
        actions.give_back(application, account=hall.who["centre", "operations"], reason="业务终止")
        assert hall.state(application) == "ended"
        assert queries.chain(NUMBER, clock.now()) is None
        together = numbers.contract(hall.centre)
        assert together is not None
        assert together.limits == (0, 0, 0)
        other = hall.another("晨星呼叫", "star")
        again = hall.approved(
            short="star",
            applicant=other,
            identity=hall.identity(
                licence="91130100MA0AAAAA11",
                legal_person="王芳",
                contact="13900001111",
                address="河北省保定市莲池区七一路9号",
                bank="6228480012345678",
            ),
        )
        hall.sign(again, "star")
        with pytest.raises(Problem, match="rests"):
            actions.allocate(again, account=hall.who["operator", "operations"])
        advance(90 * 86_400 + 1)
        actions.allocate(again, account=hall.who["operator", "operations"])
        now = queries.chain(NUMBER, clock.now())
        then = queries.chain(NUMBER, clock.now() - timedelta(days=90, seconds=2))
    assert now is not None
    assert (now.tenure, now.of(other), now.of(hall.centre)) == (2, True, False)
    assert then is not None
    assert (then.tenure, then.of(hall.centre)) == (1, True)


def test_a_change_is_refiled_reviewed_and_signed_before_it_holds(hall: Hall) -> None:
    application = hall.allocated()
    today = clock.now().date()
    changed = actions.change(
        application, account=hall.who["centre", "operations"],
        declaration=hall.declared(use="survey", volume=actions.Volume(5, 40, 300), reseller=None), changed_on=today,
    )  # fmt: skip
    assert len(queries.documents(changed)) == 5
    with pytest.raises(Problem, match="is open"):
        actions.change(
            application, account=hall.who["centre", "operations"], declaration=hall.declared(), changed_on=today
        )
    actions.submit(changed, account=hall.who["centre", "operations"])
    before = queries.chain(NUMBER, clock.now())
    actions.approve(changed, account=hall.second, answers=YES)
    hall.sign(changed)
    actions.allocate(changed, account=hall.who["operator", "operations"])
    after = queries.chain(NUMBER, clock.now())
    assert before is not None
    assert after is not None
    assert (before.use, after.use) == ("service", "survey")
    assert [link.role for link in after.links] == ["carrier", "call_centre", "enterprise", "number"]
    assert (hall.state(application), hall.state(changed)) == ("ended", "allocated")
    held = numbers.holder_of(NUMBER)
    together = numbers.contract(hall.centre)
    assert held is not None
    assert together is not None
    assert held.limits == together.limits == (5, 40, 300)
    assert queries.history(changed) == [application, changed]
    assert [one.use for one in queries.chain_history(NUMBER)] == ["survey", "service"]


def test_a_change_refiled_after_ten_working_days_is_late(hall: Hall) -> None:
    with clock.at(datetime(2026, 9, 1, 2, 0, tzinfo=UTC)):
        application = hall.allocated()
    with clock.at(datetime(2026, 10, 20, 2, 0, tzinfo=UTC)):
        # 8 to 20 October 2026: the 10th is worked in exchange for the holiday, the 8th is the day itself.
        for day, late in ((date(2026, 10, 8), False), (date(2026, 9, 23), True)):
            changed = actions.change(
                application, account=hall.who["centre", "operations"], declaration=hall.declared(), changed_on=day
            )
            actions.submit(changed, account=hall.who["centre", "operations"])
            kinds = [one.kind for one in queries.doubts(application=changed)]
            assert ("changed_late" in kinds) is late, day
            actions.withdraw(changed, account=hall.who["centre", "operations"], reason="重新填写")


def test_a_line_and_what_may_be_sent_over_it(hall: Hall) -> None:
    hall.allocated()
    wanted = {
        "sort": actions.Sort.LINE, "first": None, "last": None, "line": "haidong-7", "line_source": "192.0.2.7:5060",
        "trunks": (),
    }  # fmt: skip
    with pytest.raises(Problem, match="not the firm's"):
        hall.submitted(**wanted, sendable=((parse("95011999"), parse("95011999")),))
    line = hall.allocated(**wanted, sendable=((NUMBER, NUMBER),))
    made = numbers.trunk_by_name("haidong-7")
    held = numbers.holder_of(NUMBER)
    assert made is not None
    assert held is not None
    assert set(held.trunks) == {hall.trunk, made.id}
    actions.give_back(line, account=hall.who["centre", "operations"], reason="线路停用")
    held = numbers.holder_of(NUMBER)
    assert held is not None
    assert held.trunks == (hall.trunk,)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": "13812345678"}, "admission.kind"),
        ({"number": "110"}, "admission.kind"),
        ({"use": "personal"}, "admission.use"),
        ({"industry": "fishing"}, "admission.industry"),
        ({"about": "x"}, "admission.words"),
        ({"volume": actions.Volume(10, 5, 600)}, "admission.volume"),
        ({"volume": actions.Volume(0, 5, 600)}, "admission.volume"),
        ({"hours": actions.Hours(541, 1080)}, "admission.hours"),
        ({"hours": actions.Hours(1080, 540)}, "admission.hours"),
        ({"use": "marketing", "hours": actions.Hours(0, 1440)}, "admission.hours_outside"),
        ({"reseller": -1}, "admission.firm"),
        ({"trunks": (987_654,)}, "admission.trunk"),
        ({"sort": actions.Sort.LINE, "line": "-"}, "admission.line"),
        ({"last": parse("95011100")}, "admission.range"),
        ({"last": parse("4008109889")}, "admission.range"),
    ],
)  # fmt: skip
def test_what_cannot_be_declared(hall: Hall, more: dict[str, object], code: str) -> None:
    with pytest.raises(Problem) as told:
        hall.entered(**more)
    assert told.value.code == code


def test_a_use_that_is_not_licensed_is_refused_at_once(hall: Hall, home: Home) -> None:
    from mingbai.kernel import profile

    home.profile.write_text(profile.packaged("cn-2020-inbound-only"), "utf-8")
    with pytest.raises(Problem) as told:
        hall.entered(use="marketing")
    assert told.value.code == "admission.use_forbidden"


def test_papers_are_destroyed_two_years_after_the_end_and_not_before(hall: Hall, home: Home) -> None:
    application = hall.allocated()
    actions.give_back(application, account=hall.who["centre", "operations"], reason="业务终止")
    with clock.at(clock.now() + timedelta(days=729)):
        assert actions.destroy_due() == 0
    with clock.at(clock.now() + timedelta(days=731)):
        assert actions.destroy_due() == 5
    assert queries.documents(application) == []
    assert len(list((Path(home.files) / "admission").iterdir())) == 1  # the sealed contract stays


def test_more_than_sixty_calls_an_hour_stand_out(hall: Hall) -> None:
    def high(per_hour: int, **more: object) -> bool:
        found = queries.application(hall.entered(volume=actions.Volume(10, per_hour, 2000), **more))
        assert found is not None
        return found.high

    assert (high(60), high(61)) == (False, True)
    assert not high(600, last=parse("95011132"))  # sixty each of ten
