"""The PhoneBlock API as apps in use ask it: the requests are in their form, the answers in its exact shape.

Forms of requests seen in public code: `?format=json`, `&since=`, Bearer and Basic, numbers as “00…”, hash prefixes of
four digits, `/blocklist/@version` and `//phone-info[@votes > 4]/@phone` looked for in XML, `"rating":"(.+?)"` in JSON.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha1
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from mingbai.cases.queries import reports
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
BASE = "/phoneblock/api"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)
FRAUD, PUSHY, LINE, PERSON = "+862160876100", "+8613900000001", "+864008109800", "+8613900000009"


def digest(number: str) -> str:
    return sha1(number.encode(), usedforsecurity=False).hexdigest().upper()


def label(number: str, kind: str, count: int, **more: Any) -> int:
    told: dict[str, Any] = {"kind": kind, "source": "case", "case": 1, "count": count, **more}
    return numbers.set_label(number=parse(number), **told)


Ask = Callable[..., Any]


@pytest.fixture
def now() -> Iterator[Callable[[float], None]]:
    with clock.at(NOW) as advance:
        yield advance


@pytest.fixture
def key(now: object, house: SimpleNamespace) -> str:
    label(FRAUD, "confirmed_criminal", 42)
    label(PUSHY, "suspected_marketing", 5, source="reports", case=0)
    partner = people.create_organisation(name="来电管家", kind="enterprise")
    return people.create_api_key(organisation=partner, name="app", scopes=["labels:read", "reports:write"])[1]


@pytest.fixture
def ask(client: Client, key: str) -> Ask:
    def get(path: str, **headers: str) -> Any:
        return client.get(BASE + path, headers={"authorization": f"Bearer {key}", **headers})

    return get


KNOWN = (
    f'{{"phone":"{FRAUD}","votes":42,"votesWildcard":42,"rating":"G_FRAUD","whiteListed":false,"blackListed":false,'
    f'"archived":false,"dateAdded":{MS},"lastUpdate":{MS},"label":"诈骗电话 42人举报"}}'
)
UNKNOWN = (
    '{"phone":"unknown","votes":0,"votesWildcard":0,"rating":"A_LEGITIMATE","whiteListed":false,"blackListed":false,'
    '"archived":false,"dateAdded":0,"lastUpdate":0}'
)


@pytest.mark.parametrize(
    "path", [
        f"/check?sha1={digest(FRAUD)}&format=json", f"/check?sha1={digest(FRAUD).lower()}",
        f"/check?sha1={digest(FRAUD)}&prefix10={digest(FRAUD[:-1])}&prefix100={digest(FRAUD[:-2])}",
        f"/num/{FRAUD}?format=json", "/num/00862160876100", "/num/02160876100", "/num/021%2060876100",
    ],
)  # fmt: skip
def test_a_number_on_the_list_is_told_in_compact_json(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert answer.content.decode() == KNOWN
    assert re.search('"rating":"(.+?)"', answer.content.decode())[1] == "G_FRAUD"  # type: ignore[index]  # found


def test_a_number_that_is_not_on_the_list(ask: Ask) -> None:
    assert ask(f"/check?sha1={digest(PERSON)}").content.decode() == UNKNOWN
    assert ask("/num/008613900000009").json() == json.loads(UNKNOWN) | {"phone": PERSON}


def test_a_firms_number_shows_its_name_and_a_persons_never_its_holder(ask: Ask) -> None:
    firm = people.create_organisation(name="某某银行", kind="enterprise")
    numbers.register_number(first=parse(LINE), holder=firm, use="service")
    numbers.register_number(first=parse(PERSON), holder=firm, use="personal")
    assert ask(f"/num/{LINE}").json()["label"] == "某某银行 客服电话"
    assert "label" not in ask(f"/num/{PERSON}").json()
    label(PERSON, "confirmed_malicious", 0)
    told = ask(f"/num/{PERSON}").json()
    assert (told["votes"], told["rating"], told["label"]) == (1, "B_MISSED", "骚扰电话")


@pytest.mark.parametrize("size", [4, 6, 40])
def test_by_prefix_the_app_finds_its_number_among_others(ask: Ask, size: int) -> None:
    prefix = digest(FRAUD)[:size].lower()
    answer = ask(f"/check-prefix?sha1={prefix}&format=json&prefix10={digest(FRAUD[:-1])[:4]}")
    assert list(answer.json()) == ["numbers", "range10", "range100"]
    assert answer.json()["numbers"] == [json.loads(KNOWN)]
    assert answer.json()["range10"] == [{"prefix": FRAUD[:-1], "votes": 42, "cnt": 1}]
    assert answer.json()["range100"] == []


def test_a_range_that_many_listed_numbers_share_warns_of_its_neighbours(ask: Ask) -> None:
    near = f"/check?sha1={digest('+862160876109')}&prefix10={digest('+86216087610')}"
    for last in (1, 2):
        label(f"+86216087610{last}", "confirmed_criminal", 10)
    assert ask(near).content.decode() == UNKNOWN
    label("+862160876103", "confirmed_criminal", 10)
    told = ask(near).json()
    assert (told["phone"], told["votes"], told["votesWildcard"], told["rating"]) == ("unknown", 0, 72, "B_MISSED")
    assert ask("/num/02160876109").json()["votesWildcard"] == 72


def test_the_list_whole_and_then_what_has_changed(ask: Ask, now: Callable[[float], None]) -> None:
    whole = ask("/blocklist?format=json")
    version = queries.list_version()
    assert whole.content.decode() == (
        f'{{"numbers":[{{"phone":"{FRAUD}","votes":42,"rating":"G_FRAUD","lastActivity":{MS}}},'
        f'{{"phone":"{PUSHY}","votes":5,"rating":"E_ADVERTISING","lastActivity":{MS}}}],"version":{version}}}'
    )
    assert ask("/blocklist?since=0").content == whole.content
    assert ask(f"/blocklist?since={version}").json() == {"numbers": [], "version": version}
    now(60)
    numbers.correct_labels(parse(FRAUD), reason="标注有误")
    label(PUSHY, "suspected_marketing", 9, source="reports", case=0)
    changed = ask(f"/blocklist?format=json&since={version}").json()
    assert [(one["phone"], one["votes"], one["rating"]) for one in changed["numbers"]] == [
        (FRAUD, 0, "A_LEGITIMATE"), (PUSHY, 9, "E_ADVERTISING"),
    ]  # fmt: skip
    assert changed["version"] > version
    assert [one["phone"] for one in ask("/blocklist").json()["numbers"]] == [PUSHY]
    assert ask(f"/blocklist?since={changed['version'] + 1000}").json() == ask("/blocklist").json()


def test_a_number_that_never_stood_on_the_list_is_not_told_as_removed(ask: Ask) -> None:
    version = queries.list_version()
    label(PERSON, "suspected_malicious", 1, source="reports", case=0)
    numbers.correct_labels(parse(PERSON), reason="误报")
    assert ask(f"/blocklist?since={version}").json()["numbers"] == []


@pytest.mark.parametrize(
    ("path", "headers"), [("/blocklist?format=xml&since=0", {}), ("/blocklist", {"accept": "text/xml"})]
)
def test_xml_for_who_asks_for_it(ask: Ask, path: str, headers: dict[str, str]) -> None:
    answer = ask(path, **headers)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert (root.tag, root.get("version")) == ("blocklist", str(queries.list_version()))
    found = [one.get("phone") for one in root.iter("phone-info") if int(one.get("votes", "0")) > 4]
    assert found == [FRAUD, PUSHY]
    info = ElementTree.fromstring(ask(f"/num/{FRAUD}?format=xml").content)
    assert (info.tag, info.get("votes-wildcard"), info.get("white-listed"), info.get("label")) == (
        "phone-info", "42", "false", "诈骗电话 42人举报",
    )  # fmt: skip


def test_who_fetched_the_list_is_known_so_that_a_correction_is_told(ask: Ask, now: Callable[[float], None]) -> None:
    version = ask("/blocklist").json()["version"]
    now(60)
    numbers.correct_labels(parse(FRAUD), reason="标注有误")
    (partner,) = queries.partners()
    assert (partner.name, partner.version, partner.behind) == ("来电管家", version, 1)
    (told,) = queries.partners_told(parse(FRAUD))
    assert (told.had_at, told.told_at) == (NOW, None)
    now(60)
    ask(f"/blocklist?since={version}")
    assert [one.behind for one in queries.partners()] == [0]
    (told,) = queries.partners_told(parse(FRAUD))
    assert told.told_at == clock.now()
    assert [(one.since, one.rows) for one in queries.fetches()] == [(version, 1), (0, 2)]


@pytest.mark.parametrize("form", ["Bearer {key}", "bearer {key}", "Bearer: {key}", "Basic {basic}"])
def test_the_ways_in_which_apps_send_a_key(client: Client, key: str, form: str) -> None:
    basic = b64encode(f"6d8f7262-faa6-41bc-adb4-50a6013c2b07:{key}".encode()).decode()
    answer = client.get(f"{BASE}/test", headers={"authorization": form.format(key=key, basic=basic)})
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (
        200,
        b"ok",
        "text/plain; charset=utf-8",
    )


@pytest.mark.parametrize(
    "sent", [{}, {"authorization": "Bearer mb_no"}, {"authorization": "Basic !!"}, {"authorization": "Bearer"}]
)
def test_without_a_key_that_holds_nothing_is_told(client: Client, key: str, sent: dict[str, str]) -> None:
    for path in ("/test", "/blocklist", f"/num/{FRAUD}", f"/check?sha1={digest(FRAUD)}", "/check-prefix?sha1=abcd"):
        answer = client.get(BASE + path, headers=sent)
        assert (answer.status_code, answer.content) == (401, b"Please provide login credentials.")
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "path", [
        "/check", "/check?sha1=ab", f"/check?sha1={'G' * 40}", "/check-prefix", "/check-prefix?sha1=abc",
        "/check-prefix?sha1=abcde", f"/check-prefix?sha1={'a' * 42}", "/num/abc", "/num/%00", "/num/" + "1" * 41,
        "/blocklist?since=x", "/blocklist?since=-1", "/blocklist?since=99999999999999999999",
        "/blocklist?format=binary",
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_in_a_sentence_that_repeats_nothing(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert not re.search(r"\d{7}", answer.content.decode())


def test_a_key_without_the_scope_and_one_that_asks_too_often(
    client: Client, house: SimpleNamespace, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = people.create_api_key(organisation=house.operator, name="x", scopes=["consent:read"])[1]
    answer = client.get(f"{BASE}/blocklist", headers={"authorization": f"Bearer {other}"})
    assert (answer.status_code, answer.content) == (403, b"This key lacks labels:read.")
    monkeypatch.setattr("mingbai.web.phoneblock.views._most", lambda: 1)
    codes = [client.get(f"{BASE}/num/{FRAUD}", headers={"authorization": f"Bearer {key}"}).status_code for _ in "ab"]
    assert codes == [200, 429]


@pytest.mark.parametrize(
    ("rating", "kind"),
    [("B_MISSED", "other"), ("C_PING", "malicious"), ("E_ADVERTISING", "marketing"), ("G_FRAUD", "fraud")],
)
def test_a_rating_is_a_report(client: Client, key: str, rating: str, kind: str) -> None:
    # SpamBlocker's body, white space and all
    body = f'{{\n    "phone": "0086{PERSON[3:]}",\n    "rating": "{rating}"\n}}'
    sent = {"authorization": f"Bearer {key}"}
    answer = client.post(f"{BASE}/rate", body, content_type="application/json", headers=sent)
    assert (answer.status_code, answer.content) == (200, b"Rating recorded.")
    (report,) = reports.queue()
    assert (report.kind, report.source, report.number) == (kind, "partner", parse(PERSON).masked)


def test_a_call_of_a_listed_number_is_a_report_and_of_another_is_none(client: Client, key: str) -> None:
    sent = {"authorization": f"Bearer {key}"}
    for phone in ("00862160876100", "008613900000009"):
        answer = client.post(f"{BASE}/report-call/{phone}", headers=sent)
        assert (answer.status_code, answer.content) == (204, b"")
    (report,) = reports.queue()
    assert (report.kind, report.number) == ("fraud", parse(FRAUD).masked)
    rated = client.post(
        f"{BASE}/rate", {"phone": PERSON, "rating": "A_LEGITIMATE"}, content_type="application/json", headers=sent
    )
    assert rated.status_code == 200
    assert reports.queue() == [report]
    assert client.post(f"{BASE}/report-call/nobody", headers=sent).status_code == 400
