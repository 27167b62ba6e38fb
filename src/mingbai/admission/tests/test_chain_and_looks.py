"""Who answers for a call, at any moment; and what a look finds when use is not what was declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mingbai.admission import actions, models, queries
from mingbai.admission.rules import looking
from mingbai.admission.rules.declared import Handed, Hours
from mingbai.admission.rules.looking import Conduct, Declared
from mingbai.admission.rules.words import Paper
from mingbai.admission.tests.conftest import Hall
from mingbai.calls import actions as calls
from mingbai.gate import journal
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

NUMBER = parse("95011123")
DAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.mark.django_db
def test_every_link_from_the_network_to_the_caller(hall: Hall) -> None:
    hall.allocated()
    found = queries.chain(NUMBER, clock.now())
    assert found is not None
    assert [(link.role, link.organisation) for link in found.links] == [
        ("carrier", hall.operator), ("reseller", hall.reseller), ("call_centre", hall.centre),
        ("enterprise", hall.firm), ("number", 0),
    ]  # fmt: skip
    assert queries.chain(parse("95011124"), clock.now()) is None
    assert queries.chain(NUMBER, clock.now() - timedelta(days=1)) is None


@pytest.mark.django_db
def test_who_holds_for_itself_has_no_call_centre_in_its_chain(hall: Hall) -> None:
    hall.allocated(short="firm", applicant=hall.firm, principal=None, reseller=None)
    found = queries.chain(NUMBER, clock.now())
    assert found is not None
    assert [link.role for link in found.links] == ["carrier", "enterprise", "number"]


@pytest.mark.django_db
def test_by_line_when_lines_differ(hall: Hall) -> None:
    other_carrier = people.create_organisation(name="海西联通", kind="operator")
    second = numbers.create_trunk("haixi-1", other_carrier)
    resource = numbers.register_number(
        first=NUMBER, holder=hall.centre, principal=hall.firm, use="service", trunks=[hall.trunk, second]
    )
    buyer = people.create_organisation(name="白鹭湾地产", kind="enterprise")
    with clock.at(clock.now() + timedelta(hours=1)) as advance:
        numbers.set_principal(resource, second, buyer, "秋季")
        advance(60)
        found = queries.chain(NUMBER, clock.now())
        before = queries.chain(NUMBER, clock.now() - timedelta(minutes=30))
    assert found is not None
    assert [(link.role, link.organisation, link.via) for link in found.links] == [
        ("carrier", hall.operator, ("haidong-1",)), ("carrier", other_carrier, ("haixi-1",)),
        ("call_centre", hall.centre, ()), ("enterprise", hall.firm, ("haidong-1",)),
        ("enterprise", buyer, ("haixi-1",)), ("number", 0, ()),
    ]  # fmt: skip
    assert before is not None
    assert not before.of(buyer)


@pytest.mark.django_db
def test_a_measure_on_one_link_shows_what_hangs_on_it(hall: Hall) -> None:
    hall.allocated()
    hall.allocated(number="95011200", last=parse("95011209"))
    now = clock.now()
    numbers.restrict(
        target="holder", kind="suspended", begin=now, end=now + timedelta(days=3), case=9, organisation=hall.centre
    )
    found = queries.chain(NUMBER, clock.now())
    assert found is not None
    (held,) = [link for link in found.links if link.role == "call_centre"]
    assert [one.kind for one in held.restrictions] == ["suspended"]
    for part in (hall.operator, hall.reseller, hall.centre, hall.firm):
        hangs = queries.hanging(part)
        assert (hangs.registrations, hangs.numbers) == (2, 11)
        assert hangs.principals == ((hall.firm, "青禾保险股份有限公司"),)
    assert queries.hanging(hall.who["firm", "admin"] + 10_000).registrations == 0


def _call(home: Home, resource: int, trunk: int, at: datetime, **more: Any) -> tuple[Any, ...]:
    fields = {
        "at_us": int(at.timestamp() * 1e6), "caller": int(NUMBER.digits), "callee": 8613800000000, "consent": 0,
        "position": 0, "trunk": trunk, "resource": resource, "holder": 1, "principal": 1, "age_ms": 1, "code": 200,
        "sip": 302, "purpose": journal.NO_PURPOSE, "use": USES.index(Use.SERVICE), "mode": 0,
        "decision": int(Decision.ALLOW), "caller_kind": int(Kind.CALL_CENTRE_95), "callee_kind": int(Kind.MOBILE),
    }  # fmt: skip
    return tuple(journal.Record(**(fields | more)))


def _kinds(application: int) -> set[str]:
    return {one.kind for one in queries.doubts(application=application)}


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [False, True], ids=["journal", "lake"])
def test_use_against_declaration_from_journal_and_lake(hall: Hall, home: Home, stored: bool) -> None:
    with clock.at(DAY - timedelta(days=1)):
        application = hall.allocated(volume=actions.Volume(10, 60, 100), trunks=(hall.trunk,))
        found = queries.application(application)
        assert found is not None
        foreign = numbers.create_trunk("haidong-9", hall.operator)
    with clock.at(DAY + timedelta(hours=14)):
        writer = journal.Writer(home.journal)
        marketing = USES.index(Use.MARKETING)
        for n in range(130):
            purpose = marketing if n % 3 == 0 else USES.index(Use.SERVICE)
            at = DAY + timedelta(hours=12 if n < 40 else 1, seconds=n)
            line = foreign if n == 0 else hall.trunk
            writer.append(_call(home, found.resource, line, at, purpose=purpose, callee=8613800000000 + n))
        writer.close()
        if stored:
            for path in journal.closed_segments(home.journal):
                calls.store_segment(home, path)
                path.unlink()
        assert actions.look(application)
        assert _kinds(application) == {"volume_exceeded", "use_differs", "hours_outside", "trunk_foreign"}
        told = {one.kind: one.detail for one in queries.doubts(application=application)}
        assert told["volume_exceeded"] == {"calls": 130, "declared": 100, "day": "2026-11-18"}
        assert told["use_differs"] == {"calls": 44, "of": 130, "most": "marketing"}
        assert told["hours_outside"] == {"calls": 40, "of": 130}
        actions.look(application)
        assert len(queries.doubts(application=application)) == 4


@pytest.mark.django_db
def test_who_calls_as_declared_is_not_doubted(hall: Hall, home: Home) -> None:
    with clock.at(DAY - timedelta(days=1)):
        application = hall.allocated()
        found = queries.application(application)
        assert found is not None
    with clock.at(DAY + timedelta(hours=14)):
        writer = journal.Writer(home.journal)
        for n in range(50):
            writer.append(_call(home, found.resource, hall.trunk, DAY + timedelta(seconds=n)))
        writer.close()
        actions.look(application)
        assert _kinds(application) == set()


@pytest.mark.django_db
def test_numbers_that_a_line_was_not_registered_for(hall: Hall, home: Home) -> None:
    with clock.at(DAY - timedelta(days=1)):
        hall.allocated()
        line = hall.allocated(
            sort=actions.Sort.LINE, first=None, last=None, line="haidong-7", trunks=(), sendable=((NUMBER, NUMBER),)
        )
        found = queries.application(line)
        assert found is not None
    with clock.at(DAY + timedelta(hours=14)):
        writer = journal.Writer(home.journal)
        writer.append(_call(home, 0, found.trunk, DAY))
        writer.close()
        actions.look(line)
        assert _kinds(line) == {"number_foreign"}


@pytest.mark.django_db
def test_looks_come_due_by_themselves_and_before_a_paper_runs_out(hall: Hall) -> None:
    with clock.at(DAY) as advance:
        application = hall.allocated()
        hall.paper(application, "telecom_licence", days=45)
        assert actions.recheck_due() == 0
        advance(16 * 86_400)
        actions.look(application)
        advance(2 * 86_400)
        assert _kinds(application) == {"paper_expiring"}
        (doubt,) = queries.doubts(application=application)
        assert (doubt.about, doubt.detail) == ("telecom_licence", {"on": "2027-01-02"})
        due = queries.recheck_of(application)
        assert due is not None
        assert due.due_at <= clock.now() + timedelta(days=28)
        actions.settle(doubt.id, account=hall.second, decision="warned", note="已通知换证")
        while queries.recheck_of(application).due_at <= DAY + timedelta(days=46, hours=15):  # type: ignore[union-attr]  # planned
            advance(86_400)
            actions.recheck_due()
        assert "paper_expired" in _kinds(application)
        hall.paper(application, "telecom_licence", days=400)
        assert "paper_expired" not in _kinds(application)
        actions.give_back(application, account=hall.who["centre", "admin"], reason="业务终止")
        advance(400 * 86_400)
        assert actions.recheck_due() == 0


@pytest.mark.django_db
def test_a_look_that_died_is_taken_up_again(hall: Hall) -> None:
    with clock.at(DAY) as advance:
        application = hall.allocated()
        advance(31 * 86_400)
        models.Recheck.objects.update(claimed_until=clock.now() + timedelta(minutes=10))
        assert actions.recheck_due() == 0
        advance(601)
        assert actions.recheck_due() == 1
        assert actions.recheck_due() == 0
        assert queries.recheck_of(application) is not None


CALM = Conduct(100, {"service": 100}, {1: 100}, {5: 100}, [0] * 40 + [100] + [0] * 55, 100, "2026-11-18")
DECLARED = Declared("service", 100, Hours(540, 1080), (1,), ())


@pytest.mark.parametrize(
    ("conduct", "kinds"),
    [
        (CALM, []),
        (CALM._replace(busiest=120), []),
        (CALM._replace(busiest=121), ["volume_exceeded"]),
        (CALM._replace(purposes={"service": 90, "marketing": 10}), []),
        (CALM._replace(purposes={"service": 89, "marketing": 11}), ["use_differs"]),
        (CALM._replace(purposes={"marketing": 19}), []),  # too few to say anything
        (CALM._replace(quarters=[0] * 35 + [11] + [0] * 4 + [89] + [0] * 55), ["hours_outside"]),
        (CALM._replace(quarters=[0] * 36 + [100] + [0] * 59), []),
        (CALM._replace(quarters=[0] * 72 + [100] + [0] * 23), ["hours_outside"]),
        (CALM._replace(trunks={1: 99, 2: 1}), ["trunk_foreign"]),
        (CALM._replace(trunks={1: 99, 0: 1}), []),  # no line known
    ],
)  # fmt: skip
def test_where_use_differs(conduct: Conduct, kinds: list[str]) -> None:
    found = looking.use(DECLARED, conduct, use_percent=10, volume_percent=120)
    assert [one.kind.value for one in found] == kinds


WHEN = [(None, []), (31, []), (30, ["paper_expiring"]), (0, ["paper_expiring"]), (-1, ["paper_expired"])]


@pytest.mark.parametrize(("days", "kind"), WHEN)
def test_when_a_paper_expires(days: int | None, kind: list[str]) -> None:
    today = DAY.date()
    last = None if days is None else today + timedelta(days=days)
    found = looking.papers([Handed(Paper.NUMBER_FILING, last)], today, 30)
    assert [one.kind.value for one in found] == kind
