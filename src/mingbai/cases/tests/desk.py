"""A house with a call centre that is reported, and the people at the operator's desk: the tests' own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from mingbai.cases import actions, queries
from mingbai.cases.actions import Wish
from mingbai.cases.queries import CaseView
from mingbai.cases.tests.reporting import World, settle, world
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as numbered
from mingbai.people import actions as people

ROGUE = "02160876100"
# accounts: none of them is looked up here, nor is the id of one that a test makes
VERIFIER, SECOND, THIRD, FOURTH = 900_011, 900_012, 900_013, 900_014
PAGE = "https://mingbai.example.cn/my/measures/"


@dataclass
class Desk:
    """`centre` holds ROGUE and calls for `firm`."""

    world: World
    operator: int
    centre: int
    firm: int
    resource: int
    made: list[int] = field(default_factory=list)

    def reported(self, *people: int, number: str = ROGUE) -> int:
        """So many people report the number, which opens a case; its id."""
        self.world.called_and_reported(*people, number=number)
        settle()
        found = [row.id for row in queries.queue(limit=1000)]
        assert found, "no case was opened"
        return max(found)

    def verified(self, case: int, *, seen: str = "confirms", account: int = VERIFIER) -> None:
        """Every check made by one person; the holder answered."""
        actions.take_up(case, account=account)
        self.checked(case, seen=seen, account=account)

    def checked(self, case: int, *, seen: str = "confirms", account: int = VERIFIER) -> None:
        actions.check(case, kind="pattern", seen=seen, note="三天内连续呼叫陌生号码", account=account)
        actions.add_sample(
            case, source="centre", name="录音.amr", file=io.BytesIO(b"#!AMR" + str(case).encode()), account=account
        )
        actions.check(case, kind="sample", seen=seen, note="录音内容为推销保险", account=account)
        actions.check(case, kind="test_call", seen="undecided", note="回拨无人接听", account=account)
        shown = self.view(case)
        if any(shown.party):
            question = actions.ask_holder(case, text="请说明该号码的外呼用途和名单来源", account=account, page=PAGE)
            actions.answer_question(question, party=shown.party, text="系客户回访，有同意凭证", account=77)
            actions.check(case, kind="holder_answer", seen="undecided", note="答复未附凭证", account=account)
        else:
            actions.check(case, kind="holder_answer", seen="impossible", note="号码无登记使用主体", account=account)

    def found(self, *people: int, finding: str = "marketing", number: str = ROGUE) -> int:
        """A case found so; its id."""
        case = self.reported(*(people or (1, 2, 3)), number=number)
        self.verified(case)
        actions.find(case, finding=finding, text="未经同意反复推销", account=VERIFIER)
        return case

    def measure(
        self, case: int, kind: str = "suspend", scope: str = "number", *, account: int = VERIFIER, **more: Any
    ) -> int:
        wish: dict[str, Any] = {"days": 30, "reason": "多人举报，核实属实", **more}
        return actions.propose(case, Wish(kind=kind, scope=scope, **wish), account=account)

    def stands(self, case: int, kind: str = "suspend", scope: str = "number", **more: Any) -> int:
        """A measure in force, approved by a second person where it is heavy."""
        made = self.measure(case, kind, scope, **more)
        view = queries.measure(made)
        assert view is not None
        if view.heavy:
            actions.approve(made, account=SECOND)
        return made

    def view(self, case: int) -> CaseView:
        found = queries.case(case)
        assert found is not None
        return found

    def stage(self, measure: int) -> str:
        found = queries.measure(measure)
        assert found is not None
        return found.stage


@contextmanager
def desk() -> Iterator[Desk]:
    """A house with its records, and nothing reported yet."""
    with world() as made:
        operator = people.create_organisation(name="海东移动", kind="operator")
        centre = people.create_organisation(name="云呼呼叫中心", kind="call_centre")
        firm = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
        resource = numbers.register_number(first=parse(ROGUE), holder=centre, principal=firm, use="marketing")
        yield Desk(made, operator, centre, firm, resource)


def code_of(problem: pytest.ExceptionInfo[Problem]) -> str:
    """The stable name of a Problem that was raised."""
    return problem.value.code


def bounds() -> tuple[bool, bool, tuple[int, int, int]]:
    """What stands against ROGUE itself: suspended, shut, limits."""
    found = numbered.bounds_of_number(int(parse(ROGUE).digits))
    return found.suspended, found.shut, found.limits
