"""What happened in the town before it was opened, through the rooms' own actions: a rogue call centre is reported,
verified, limited and put out, and comes back under another name; of two pharmacies that were labelled wrongly one has
appealed and is free, the other's appeal waits for whoever looks at the demo.

Its calls go through the gate, in a past of the town's clock.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from mingbai.admission import actions as admission
from mingbai.admission.actions import Declaration, Hours, Paper, Volume
from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.actions import Wish
from mingbai.cases.rules import Party
from mingbai.gate import feed
from mingbai.gate.check import Gate
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as registered
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.town import firms
from mingbai.town.plan import Person, Town

Advance = Callable[[float], None]
BEGAN = timedelta(days=9)  # before the town is opened
_HOUR_S, _DAY_S = 3600, 86_400
_BETWEEN_CALLS_S = 4.0  # all of them while the gate's facts are fresh
_HOTLINE = "12321 青山"
_HEAD = "编号,举报人号码,已验证,被举报号码,类型,来电时间,内容"
_CALLS: Mapping[str, int] = {firms.ROGUE: 26, firms.FREED: 12, firms.WAITS: 12}
# Licence, contact and account of the same people: what they change is the name over the door.
_IDENTITY = {
    "licence": "91130100MA0TOWN71X", "legal_person": "巨大鹏", "contact": "01080007100",
    "address": "青山市南湖区望湖路88号2号楼301室", "bank": "6222021000071000071",
}  # fmt: skip
_ANEW = {**_IDENTITY, "legal_person": "巨小浪", "address": "青山市南湖区 望湖路八十八号 2栋301"}


class Story(NamedTuple):
    """Who plays: the town's people, ids of organisations and accounts by name, ids of trunks."""

    town: Town
    firms: Mapping[str, int]
    accounts: Mapping[str, int]
    trunks: Mapping[str, int]

    def account(self, name: str) -> int:
        return self.accounts[name]

    def crowd(self, number: str) -> Sequence[Person]:
        return phones(self.town, number)


def phones(town: Town, number: str) -> Sequence[Person]:
    """Whom one of the cast's numbers called, those who report it first; no two numbers called the same people."""
    first = 20 + 40 * list(_CALLS).index(number)
    return town.people[first : first + _CALLS[number]]


def play(
    town: Town, ids: Mapping[str, int], trunks: Mapping[str, int], home: Home, pass_time: Advance
) -> dict[str, int]:
    """Play everything, from the clock's time on; ids of what is worth a look. The cast's numbers are registered."""
    accounts = {one.username: one.id for key in firms.CAST for one in known.accounts(ids[key])}
    story = Story(town, ids, accounts, trunks)
    pass_time(600)
    calls = _ring(story, home, pass_time)
    pass_time(_HOUR_S)
    rogue = _rogue_reported(story, calls)
    freed = _reported(story, firms.FREED, "marketing", calls)
    pass_time(_DAY_S)
    asked = [_looked_at(story, case) for case in (rogue, freed)]
    pass_time(2 * _DAY_S)
    _rogue_put_out(story, rogue, asked[0], pass_time)
    _pharmacy_wronged(story, freed, asked[1], "pharmacy", "是取药提醒，会员办卡时均已同意")
    _list_taken(story)
    pass_time(_DAY_S)
    _freed(story, freed, pass_time)
    waits = _reported(story, firms.WAITS, "malicious", calls)
    asked.append(_looked_at(story, waits))
    pass_time(_DAY_S)
    likeness = _comes_back(story)
    pass_time(_DAY_S)
    _pharmacy_wronged(story, waits, asked[2], "herbs", "是中药代煎好了的通知，一人只打一次")
    pass_time(_DAY_S)
    with transaction.atomic():
        appeal = cases.appeal_case(
            waits, party=Party(organisation=ids["herbs"]), account=story.account("herbs"),
            text="我们只在药煎好后打一次电话，顾客签过代煎单。停呼后已有三位老人没按时取药，请尽快恢复。",
        )  # fmt: skip
        shut = _proposed(
            story, rogue, Wish(kind="shut", scope="number", days=365, reason="解约后仍在换线试呼，建议关停")
        )
    return {"rogue": rogue, "freed": freed, "waits": waits, "likeness": likeness, "appeal": appeal, "shut": shut}


def _ring(story: Story, home: Home, pass_time: Advance) -> dict[tuple[str, int], str]:
    """The three numbers call; receipts by number and person."""
    while order.integrate():
        pass
    feed.rebuild(home)
    lines = {line.number: line for line in story.town.lines}
    receipts = {}
    gate = Gate(home)
    try:
        for place in range(max(_CALLS.values())):
            for number in _CALLS:
                for person in story.crowd(number)[place : place + 1]:
                    caller, callee = msisdn.require(number), msisdn.require(person.number)
                    answer = gate.attempt(gate.question(caller, callee, lines[number].trunk))
                    receipts[number, person.id] = answer.receipt
                    pass_time(_BETWEEN_CALLS_S)
    finally:
        gate.close()
    return receipts


def _reported(story: Story, number: str, kind: str, calls: Mapping[tuple[str, int], str]) -> int:
    """Three people tap “report” in their list of calls; the case that opens."""
    with transaction.atomic():
        for person in story.crowd(number)[:3]:
            reporter, call = _subscriber(person), calls[number, person.id]
            filed = cases.report_call(reporter=reporter, attempt=call, source="handset", kind=kind)
            cases.confirm(filed, subscriber=reporter, number=number, page=f"{settings.PUBLIC_URL}/report/")
    return _case_on(number)


def _rogue_reported(story: Story, calls: Mapping[tuple[str, int], str]) -> int:
    """Handset people report the rogue, and what the hotline took comes as its file."""
    crowd, now = story.crowd(firms.ROGUE), clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    at = f"{now - timedelta(hours=1):%Y-%m-%d %H:%M}"
    said = ("推销保健品，说是专家回访", "冒充医院回访，推销保健品", "老人被劝买三千元的保健品", "说了不要还打")
    rows = [
        f"QS{place:04d},{person.number},是,{firms.ROGUE},营销,{at},{text}"
        for place, (person, text) in enumerate(zip(crowd[3:7], said, strict=True), start=1)
    ]
    data = "\n".join([_HEAD, *rows]).encode()
    cases.import_feed(data, feed=_HOTLINE, organisation=story.firms[firms.OPERATOR], keep_good=False, country="86")
    return _reported(story, firms.ROGUE, "marketing", calls)


def _case_on(number: str) -> int:
    """The case that enough people opened, once the work loop's turn came."""
    while cases.triage() or cases.count_stale():
        pass
    case = queries.of_number(msisdn.require(number).digits, None)
    assert case is not None
    return case


def _looked_at(story: Story, case: int) -> int:
    """A colleague verifies all that there is to look at, and asks the holder; the question."""
    verifier = story.account("verifier")
    with transaction.atomic():
        cases.take_up(case, account=verifier)
        cases.check(case, kind="pattern", seen="confirms", note="短时间内逐一呼叫互不相识的用户", account=verifier)
        cases.add_sample(case, source="test_call", name="回拨.wav", file=io.BytesIO(_tone(case)), account=verifier)
        cases.check(case, kind="sample", seen="confirms", note="回拨录音：开头即介绍产品", account=verifier)
        cases.check(case, kind="test_call", seen="undecided", note="回拨接通后无人应答", account=verifier)
        return cases.ask_holder(
            case, text="请说明外呼用途、名单来源，并附用户同意的凭证。", account=verifier, page=settings.PUBLIC_URL
        )


def _found(story: Story, case: int, question: int, firm: str, answer: str, finding: str, text: str) -> None:
    verifier = story.account("verifier")
    with transaction.atomic():
        cases.answer_question(
            question, party=Party(organisation=story.firms[firm]), text=answer, account=story.account(firm)
        )
        cases.check(case, kind="holder_answer", seen="undecided", note="有答复，未附凭证", account=verifier)
        cases.find(case, finding=finding, text=text, account=verifier)


def _proposed(story: Story, case: int, wish: Wish) -> int:
    return cases.propose(case, wish, account=story.account("verifier"))


def _rogue_put_out(story: Story, case: int, question: int, pass_time: Advance) -> None:
    """Found, limited and labelled at once; the heavy measures when a second person agreed."""
    text = "登记为服务回访，实际向未同意的用户推销保健品。"
    _found(story, case, question, "wave", "系老客户回访，不是营销。", "marketing", text)
    reason = "七人举报，核实属实"
    with transaction.atomic():
        _proposed(story, case, Wish(kind="limit", scope="number", days=30, reason=reason, limits=(0, 5, 20)))
        label = Wish(kind="label", scope="number", days=90, reason=reason, label="confirmed_marketing")
        _proposed(story, case, label)
    pass_time(_HOUR_S)
    with transaction.atomic():
        heavy = [
            _proposed(story, case, Wish(kind=kind, scope="holder", days=365, reason="冒用服务类号码营销，违反接入合同"))
            for kind in ("end_contract", "bar")
        ]
    pass_time(_HOUR_S)
    with transaction.atomic():
        for measure in heavy:
            cases.approve(measure, account=story.account("second"))
        admission.identify(story.firms["wave"], account=story.account("verifier"), identity=_IDENTITY)


def _pharmacy_wronged(story: Story, case: int, question: int, firm: str, answer: str) -> None:
    """Labelled and suspended, though it only told people that their medicine is there."""
    text = "回拨录音模糊，听似推销保健药品，认定为骚扰。"
    _found(story, case, question, firm, answer, "malicious", text)
    with transaction.atomic():
        label = Wish(kind="label", scope="number", days=90, reason="三人举报", label="confirmed_malicious")
        _proposed(story, case, label)
        stop = _proposed(story, case, Wish(kind="suspend", scope="number", days=30, reason="三人举报，核实期间停呼"))
        cases.approve(stop, account=story.account("second"))


def _list_taken(story: Story) -> None:
    """The maker of a telephone app takes the list of labels, as its API does."""
    partner = story.firms["app"]
    with transaction.atomic():
        key, _text = people.create_api_key(organisation=partner, name="来电识别", scopes=["labels:read"])
        version = registered.list_version()
        numbers.note_fetch(organisation=partner, key=key, since=0, version=version, rows=2)


def _freed(story: Story, case: int, pass_time: Advance) -> None:
    """The first pharmacy appeals; somebody who had no part in the case looks again."""
    with transaction.atomic():
        appeal = cases.appeal_case(
            case, party=Party(organisation=story.firms["pharmacy"]), account=story.account("pharmacy"),
            text="这是取药提醒，不是推销。附会员同意书编号与通话录音，请复核。",
        )  # fmt: skip
    pass_time(_HOUR_S)
    with transaction.atomic():
        cases.decide_appeal(
            appeal, account=story.account("admin"), outcome="upheld", finding="legitimate", page=settings.PUBLIC_URL,
            text="重听完整录音，内容为取药提醒，且有会员同意。原认定有误，全部解除。",
        )  # fmt: skip


def _comes_back(story: Story) -> int:
    """The same people apply for a number under another name; the likeness that the house found."""
    account, number = story.account("mist"), msisdn.require("95100081")
    with transaction.atomic():
        declared = Declaration(
            carrier=story.firms[firms.OPERATOR], use="service", industry="other", about="商务咨询客户回访",
            volume=Volume(10, 100, 1000), hours=Hours(540, 1080), first=number, last=number,
            trunks=(story.trunks["centre-b"],),
        )  # fmt: skip
        application = admission.enter(account=account, applicant=story.firms["mist"], declaration=declared)
    for paper in Paper:
        file = io.BytesIO(b"%PDF-1.4\n% " + paper.encode())
        until = (clock.now() + timedelta(days=400)).date()
        admission.add_paper(
            application, account=account, paper=paper, file=file, file_name=f"{paper}.pdf", expires_on=until
        )
    (likeness,) = admission.submit(application, account=account, identity=_ANEW)
    return likeness


def _subscriber(person: Person) -> int:
    return people.ensure_subscriber(msisdn.require(person.number))


def _tone(case: int) -> bytes:
    """A short sound in the place of a recording: a made town has no voices. Each case's is its own file."""
    found = io.BytesIO()
    with wave.open(found, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        period = 20 + case % 20
        out.writeframes(bytes(128 + (40 if at // period % 2 else -40) for at in range(4000)))
    return found.getvalue()
