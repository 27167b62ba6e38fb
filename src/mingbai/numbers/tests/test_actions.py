"""Number resources: registered, changed, closed, and each of it in the ledger."""

from __future__ import annotations

from importlib import import_module

import pytest

from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.numbers import actions, queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> int:
    return people.create_organisation(name="青山移动", kind="operator")


@pytest.fixture
def centre() -> int:
    return people.create_organisation(name="正道呼叫中心", kind="call_centre")


@pytest.fixture
def insurer() -> int:
    return people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")


@pytest.fixture
def trunk(operator: int) -> int:
    return actions.create_trunk("centre-a", operator, "10.0.0.7:5060")


@pytest.fixture
def number(centre: int, insurer: int, trunk: int) -> int:
    return actions.register_number(
        first=parse("95200011"), holder=centre, principal=insurer, use="marketing", trunks=[trunk], per_minute=30
    )


def refused(code: str, where: str, **given: object) -> None:
    with pytest.raises(Problem) as problem:
        actions.register_number(**given)  # type: ignore[arg-type]
    assert (problem.value.code, problem.value.where) == (code, where)


def kinds_of(organisation: int) -> list[str]:
    return [entry.kind for entry in ledger.of_subject(f"organisation:{organisation}")]


class TestRegister:
    def test_a_number_tells_holder_principal_use_and_lines(self, number: int, centre: int, insurer: int, trunk: int):
        view = queries.holder_of(parse("95200011"))
        assert view is not None
        assert (view.id, view.holder, view.principal) == (number, centre, insurer)
        assert (view.holder_name, view.principal_name) == ("正道呼叫中心", "松风保险")
        assert (view.use, view.state, view.trunks, view.limits) == ("marketing", "active", (trunk,), (30, 0, 0))
        assert view.in_force

    def test_the_holder_calls_for_itself_and_in_its_own_industry_unless_told(self, insurer: int):
        made = actions.register_number(first=parse("95500001"), holder=insurer, use="service")
        view = queries.resource(made)
        assert view is not None
        assert (view.principal, view.industry) == (insurer, "insurance")

    def test_a_range_answers_for_each_of_its_numbers(self, centre: int):
        made = actions.register_number(
            first=parse("021-60876100"), last=parse("021-60876199"), holder=centre, use="service"
        )
        for inside in ("02160876100", "02160876150", "02160876199"):
            view = queries.holder_of(parse(inside))
            assert view is not None
            assert view.id == made
        assert queries.holder_of(parse("02160876099")) is None
        assert queries.holder_of(parse("02160876200")) is None

    def test_registration_is_an_entry_under_the_holders_key(self, number: int, centre: int):
        entry = ledger.of_subject(f"organisation:{centre}")[-1]
        assert entry.kind == "numbers.registered"
        assert entry.content["first"] == "8695200011"
        assert entry.content["number"] == number

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("021-60876150", "021-60876150"),
            ("021-60876050", "021-60876100"),
            ("021-60876199", "021-60876250"),
            ("021-60876000", "021-60876999"),
            ("021-60876100", "021-60876199"),
        ],
    )
    def test_no_number_is_registered_twice(self, centre: int, insurer: int, first: str, last: str):
        actions.register_number(first=parse("021-60876100"), last=parse("021-60876199"), holder=centre, use="service")
        actions.register_number(first=parse("021-60877000"), last=parse("021-60877999"), holder=centre, use="service")
        before = queries.count()
        refused("numbers.taken", "number", first=parse(first), last=parse(last), holder=insurer, use="service")
        assert queries.count() == before

    def test_neighbouring_ranges_are_no_overlap(self, centre: int):
        for first, last in (("021-60876100", "021-60876199"), ("021-60876000", "021-60876099")):
            actions.register_number(first=parse(first), last=parse(last), holder=centre, use="service")
        actions.register_number(first=parse("021-60876200"), holder=centre, use="service")

    def test_what_cannot_be_registered_is_refused_with_its_field(self, centre: int, insurer: int):
        good = {"first": parse("95200012"), "holder": centre, "use": "marketing"}
        refused("numbers.unallocated", "first", **{**good, "first": parse("14012345678")})
        refused("numbers.range_kinds", "last", **{**good, "last": parse("10086")})
        refused("numbers.range_downwards", "last", **{**good, "last": parse("95200011")})
        refused("numbers.range_too_wide", "last", first=parse("13100000000"), last=parse("13200000000"), holder=insurer,
                use="service")  # fmt: skip
        refused("numbers.unknown_use", "use", **{**good, "use": "spam"})
        refused("numbers.unknown_industry", "industry", **{**good, "industry": "magic"})
        refused("numbers.unknown_organisation", "holder", **{**good, "holder": 999_999})
        refused("numbers.unknown_organisation", "principal", **{**good, "principal": 999_999})
        refused("numbers.unknown_trunk", "trunks", **{**good, "trunks": [999_999]})
        refused("numbers.unknown_trunk", "trunks", **{**good, "trunks": [1 << 70]})
        refused("numbers.limit", "per_hour", **{**good, "per_hour": -1})
        refused("numbers.label", "label", **{**good, "label": "长" * 41})

    def test_a_call_centre_gets_no_personal_numbers(self, centre: int, insurer: int):
        refused("numbers.personal_number", "number", first=parse("13800000001"), holder=centre, use="marketing")
        actions.register_number(first=parse("13800000001"), holder=insurer, use="service")

    def test_a_suspended_organisation_gets_no_numbers(self, centre: int):
        people.set_organisation_state(centre, "suspended", "核查")
        refused("numbers.organisation_state", "holder", first=parse("95200012"), holder=centre, use="service")


class TestState:
    def test_suspended_active_closed_and_each_with_its_reason(self, number: int, centre: int):
        for state in ("suspended", "active", "closed"):
            actions.set_number_state(number, state, f"因为 {state}")
        view = queries.resource(number)
        assert view is not None
        assert view.state == "closed"
        assert view.closed_at is not None
        said = [e.content["reason"] for e in ledger.of_subject(f"organisation:{centre}") if e.kind == "numbers.state"]
        assert said == ["因为 suspended", "因为 active", "因为 closed"]

    def test_saying_it_again_changes_nothing(self, number: int, centre: int):
        actions.set_number_state(number, "suspended", "核查")
        actions.set_number_state(number, "suspended", "核查")
        assert kinds_of(centre).count("numbers.state") == 1

    def test_closed_stays_closed_and_frees_the_number(self, number: int, insurer: int):
        actions.set_number_state(number, "closed", "合同到期")
        closed = queries.holder_of(parse("95200011"))
        assert closed is not None
        assert closed.state == "closed"
        with pytest.raises(Problem, match="stays closed"):
            actions.set_number_state(number, "active", "反悔")
        again = actions.register_number(first=parse("95200011"), holder=insurer, use="service")
        now = queries.holder_of(parse("95200011"))
        assert now is not None
        assert now.id == again
        former = queries.resource(number)
        assert former is not None
        assert not former.in_force

    def test_a_reason_and_a_known_state_are_needed(self, number: int):
        for state, reason in (("suspended", " "), ("asleep", "核查")):
            with pytest.raises(Problem):
                actions.set_number_state(number, state, reason)


class TestPrincipal:
    def test_a_campaign_on_a_trunk_changes_for_whom_it_calls(self, number: int, trunk: int, operator: int):
        school = people.create_organisation(name="启明教育", kind="enterprise", industry="education")
        actions.set_principal(number, trunk, school, "暑期")
        view = queries.resource(number)
        assert view is not None
        (assignment,) = view.assignments
        assert (assignment.trunk, assignment.principal, assignment.campaign) == (trunk, school, "暑期")
        assert [one.id for one in queries.for_organisation(school)] == [number]

    def test_the_next_campaign_ends_the_one_before(self, number: int, trunk: int, insurer: int):
        school = people.create_organisation(name="启明教育", kind="enterprise")
        actions.set_principal(number, trunk, school)
        actions.set_principal(number, trunk, insurer)
        view = queries.resource(number)
        assert view is not None
        assert [one.principal for one in view.assignments] == [insurer]
        actions.set_principal(number, trunk, None)
        view = queries.resource(number)
        assert view is not None
        assert view.assignments == ()

    def test_not_on_a_trunk_that_the_number_does_not_come_from(self, number: int, insurer: int, operator: int):
        other = actions.create_trunk("centre-b", operator)
        with pytest.raises(Problem) as problem:
            actions.set_principal(number, other, insurer)
        assert problem.value.code == "numbers.foreign_trunk"


class TestSmallChanges:
    def test_label_limits_trunks_and_commitment(self, number: int, operator: int, centre: int):
        other = actions.create_trunk("centre-b", operator)
        actions.set_own_label(number, "  松风  保险 ")
        actions.set_limits(number, per_minute=None, per_hour=60, per_day=500)
        actions.set_trunks(number, [other])
        actions.set_committed(number, committed=True)
        view = queries.resource(number)
        assert view is not None
        assert (view.label, view.limits, view.trunks, view.committed) == ("松风 保险", (0, 60, 500), (other,), True)
        assert kinds_of(centre)[-4:] == ["numbers.label", "numbers.limits", "numbers.trunks", "numbers.committed"]

    def test_a_closed_number_changes_no_more(self, number: int):
        actions.set_number_state(number, "closed", "合同到期")
        with pytest.raises(Problem, match="stays as it is"):
            actions.set_own_label(number, "x")

    def test_an_unknown_number_is_not_found(self):
        with pytest.raises(Problem) as problem:
            actions.set_own_label(999_999, "x")
        assert problem.value.status == 404

    def test_a_contract_is_signed_and_signed_again(self, centre: int):
        actions.sign_contract(centre, per_minute=600)
        actions.sign_contract(centre, per_hour=20_000)
        agreed = queries.contract(centre)
        assert agreed is not None
        assert agreed.limits == (0, 20_000, 0)
        assert kinds_of(centre).count("numbers.contract") == 2

    def test_trunks_have_names_of_their_own(self, trunk: int, operator: int):
        view = queries.trunk_by_name("centre-a")
        assert view is not None
        assert (view.id, view.special, view.source) == (trunk, False, "10.0.0.7:5060")
        for name in ("centre-a", "", "with space", "x" * 65):
            with pytest.raises(Problem):
                actions.create_trunk(name, operator)


def test_every_resource_is_read_in_parts(centre: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("mingbai.numbers.queries.resources"), "_AT_ONCE", 2)
    made = [actions.register_number(first=parse(f"9520001{last}"), holder=centre, use="service") for last in range(5)]
    assert [view.id for view in queries.every()] == made
    assert [view.id for view in queries.of_organisation(centre, limit=3)] == made[:3]


class TestSearch:
    """Queries walk short runs of an index; they find what a walk over everything finds."""

    SPANS = ((0, 9), (10, 10), (12, 19), (20, 39), (45, 45))

    @pytest.fixture
    def ids(self, centre: int) -> dict[int, tuple[int, int]]:
        """Resources by id with their spans; every second one closed, and some of those registered again."""
        made = {self.register(centre, span): span for span in self.SPANS}
        for resource in list(made)[::2]:
            actions.set_number_state(resource, "closed", "合同到期")
        again = [(5, 9), (20, 21), (45, 45)]
        actions.set_number_state(next(k for k, span in made.items() if span == (20, 39)), "closed", "合同到期")
        return made | {self.register(centre, span): span for span in again}

    @staticmethod
    def register(holder: int, span: tuple[int, int]) -> int:
        first, last = (parse(f"952000{place:02d}") for place in span)
        return actions.register_number(first=first, last=last, holder=holder, use="service")

    def test_overlapping_is_what_a_walk_over_all_finds(self, ids: dict[int, tuple[int, int]]):
        base = 8695200000
        for first in range(0, 50, 3):
            for last in range(first, 50, 4):
                found = [view.id for view in queries.overlapping(base + first, base + last)]
                assert found == [key for key, (a, b) in sorted(ids.items()) if a <= last and first <= b]

    def test_the_open_one_answers_else_the_one_closed_last(self, ids: dict[int, tuple[int, int]]):
        newest_first = sorted(ids.items(), reverse=True)
        for place in range(50):
            view = queries.holder_of(parse(f"952000{place:02d}"))
            holding = [key for key, (a, b) in newest_first if a <= place <= b]
            assert (view.id if view else None) == (holding[0] if holding else None)

    def test_in_force_until_registered_again(self, ids: dict[int, tuple[int, int]]):
        superseded = {view.id for view in queries.every() if not view.in_force}
        assert {ids[key] for key in superseded} == {(0, 9), (20, 39), (45, 45)}
