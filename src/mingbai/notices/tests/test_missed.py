"""None is silently dropped: what did not arrive is listed until somebody saw to it, and that stands in the log."""

from __future__ import annotations

import pytest

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import actions, erasure, outbox, queries
from mingbai.notices.actions import missed
from mingbai.notices.delivery import config
from mingbai.notices.delivery.acks import Ack
from mingbai.notices.delivery.smpp.receipts import Receipt
from mingbai.notices.models import Outgoing
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
NUMBER = msisdn.require("13812345678")
USE = {"what": "5G畅享", "used": "流量已用80%", "beyond": "每GB 5元"}
ACCOUNT = 7


@pytest.fixture
def one(db: None) -> int:
    return people.ensure_subscriber(NUMBER)


def lost(one: int, how: str = "undelivered") -> int:
    message = actions.tell("use", subscriber=one, values=USE)
    outbox.claim("main", first=True, owner="us", limit=10)
    if how == "failed":
        outbox.acknowledge("main", [Ack(message, 1, 1, 11, "")], clock.now())
        return message
    outbox.acknowledge("main", [Ack(message, 1, 1, 0, str(message))], clock.now())
    if how == "undelivered":
        outbox.receipts("main", [Receipt(str(message), "UNDELIV 001", False)], clock.now())
    return message


def whys() -> list[tuple[int, str]]:
    return [(row.id, row.why) for row in queries.missed()]


def test_every_way_to_miss_is_listed(one: int) -> None:
    with clock.at(clock.now()) as advance:
        failed, undelivered, unheard = lost(one, "failed"), lost(one), lost(one, "sent")
        assert whys() == [(undelivered, "undelivered"), (failed, "failed")]
        late = actions.tell("use", subscriber=one, values=USE)
        advance(queries.LATE.total_seconds() + 1)
        assert whys()[0] == (late, "late")
        advance(queries.profile().notices.receipt_hours * 3600)
        assert whys() == [(late, "late"), (unheard, "unheard"), (undelivered, "undelivered"), (failed, "failed")]
        assert [row.id for row in queries.missed(why="unheard")] == [unheard]
        assert queries.missed(kind="bill") == []
        assert queries.missed_count() == 4
        row = queries.missed(why="failed")[0]
        assert (row.masked, row.failure, row.kind) == ("138****5678", "refused 0x0000000B", "use")


def test_what_is_not_mandatory_is_not_listed(one: int) -> None:
    message = actions.send(subscriber=one, template="help", text="…")
    outbox.claim("main", first=True, owner="us", limit=10)
    outbox.acknowledge("main", [Ack(message, 1, 1, 11, "")], clock.now())
    assert whys() == []


def test_what_can_be_answered_no_more_is_not_sent_again(one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    message = lost(one)
    Outgoing.objects.filter(id=message).update(context="question:7")
    asked: list[str] = []
    monkeypatch.setitem(missed._standing, "question:", lambda context: bool(asked.append(context)))
    with pytest.raises(Problem) as raised:
        actions.again(message, account=ACCOUNT, reason="phone was off")
    assert (raised.value.code, asked) == ("notices.over", ["question:7"])
    assert whys() == [(message, "undelivered")]
    actions.see_to(message, account=ACCOUNT, reason="called them")
    assert whys() == []


def test_sent_again_on_record_and_once(one: int) -> None:
    message = lost(one)
    made = actions.again(message, account=ACCOUNT, reason="phone was off")
    assert whys() == []
    found = Outgoing.objects.get(id=made)
    assert (found.text, found.kind, found.state, found.instead_of_id) == (
        Outgoing.objects.get(id=message).text, "use", "waiting", message,
    )  # fmt: skip
    assert entries(one) == ["notices.sent_again"]
    for act in (actions.again, actions.see_to):
        with pytest.raises(Problem, match="seen to already"):
            act(message, account=ACCOUNT, reason="again")


def test_seen_to_otherwise_on_record(one: int) -> None:
    message = lost(one)
    actions.see_to(message, account=ACCOUNT, reason="told by telephone")
    assert whys() == []
    assert entries(one) == ["notices.seen_to"]


def test_nothing_without_a_reason(one: int) -> None:
    message = lost(one)
    for act in (actions.again, actions.see_to):
        with pytest.raises(Problem, match="reason"):
            act(message, account=ACCOUNT, reason="  ")
    assert whys() == [(message, "undelivered")]
    assert entries(one) == []


def test_what_arrived_or_waits_cannot_be_sent_again(one: int) -> None:
    waits = actions.tell("use", subscriber=one, values=USE)
    arrived = lost(one, "sent")
    outbox.receipts("main", [Receipt(str(arrived), "DELIVRD", True)], clock.now())
    for message in (waits, arrived, 10**9):
        with pytest.raises(Problem):
            actions.again(message, account=ACCOUNT, reason="why not")


def test_never_to_the_next_user_of_the_number(one: int) -> None:
    message = lost(one)
    people.recycle(NUMBER)
    with pytest.raises(Problem, match="another user"):
        actions.again(message, account=ACCOUNT, reason="x")
    assert queries.missed()[0].id == message
    actions.see_to(message, account=ACCOUNT, reason="has left")


def test_a_second_way_for_those_who_wish_it_and_once(one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    other = people.ensure_subscriber(msisdn.require("13812345679"))
    for subscriber in (one, other):
        lost(subscriber)
    actions.wish(one, second_way=True)
    assert actions.try_second_ways() == 0  # there is no second link
    link = {"host": "127.0.0.1", "port": 1, "system_id": "x", "password": "y", "source": "1"}
    links = tuple(config.Smpp(name=name, **link) for name in ("main", "backup"))  # type: ignore[arg-type]
    monkeypatch.setattr(config, "exists", lambda home: True)
    monkeypatch.setattr(config, "load", lambda home: config.Config(links))
    assert (actions.try_second_ways(), actions.try_second_ways()) == (1, 0)
    (job,) = outbox.claim("backup", first=False, owner="us", limit=10)
    assert job.digits == "8613812345678"
    assert [row.subscriber for row in queries.missed()] == [other]
    outbox.acknowledge("backup", [Ack(job.outgoing, 1, 1, 11, "")], clock.now())
    assert actions.try_second_ways() == 0
    assert len(queries.missed()) == 2  # the second way failed, too: now somebody must see to it


def test_a_wish_is_remembered_and_goes_with_an_erasure(one: int) -> None:
    assert queries.wish_of(one) == ("zh", False)
    actions.wish(one, lang="en")
    actions.wish(one, second_way=True)
    assert queries.wish_of(one) == ("en", True)
    assert "Your use" in Outgoing.objects.get(id=actions.tell("use", subscriber=one, values=USE)).text
    erasure.forget(f"subscriber:{one}")
    assert queries.wish_of(one) == ("zh", False)


def entries(subscriber: int) -> list[str]:
    """Kinds of what the log says of messages to a subscriber."""
    return [one.kind for one in ledger.of_subject(f"subscriber:{subscriber}") if one.kind.startswith("notices.")]
