"""Long work: done once, told as it ends, begun anew when it was cut off."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from mingbai.consent import queries as consents
from mingbai.gate import feed
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import order
from mingbai.web import jobs

Desk = Callable[[str], Client]


def _job(home: Any, kind: str, content: bytes = b"x") -> jobs.Job:
    return jobs.submit(
        home, kind=kind, organisation=7, account=1, file_name="../a/list.csv", pieces=[content], asked={}
    )


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(jobs, "_workers", found)
    return found


def test_a_job_is_done_once(settings: Any, kinds: dict[str, Any]) -> None:
    seen = []

    def work(place: jobs.Place, progress: jobs.Progress) -> dict[str, Any]:
        seen.append(place.input.read_bytes())
        progress(5, 10)
        assert place.state().percent == 50
        return {"rows": 1}

    kinds["count"] = work
    job = _job(settings.HOME, "count")
    place = jobs.find(settings.HOME, 7, job.id)
    assert place is not None
    assert place.state().name == jobs.WAITING
    assert (jobs.run_due(settings.HOME), jobs.run_due(settings.HOME)) == (1, 0)
    assert (place.state().name, place.state().result, seen) == (jobs.DONE, {"rows": 1}, [b"x"])
    assert place.job.file_name == "list.csv"


def test_a_job_that_fails_says_so_and_lets_the_next_go_on(settings: Any, kinds: dict[str, Any]) -> None:
    def refuse(place: jobs.Place, progress: jobs.Progress) -> dict[str, Any]:
        raise Problem("list.empty", "the file is empty", where="line 1")

    def break_(place: jobs.Place, progress: jobs.Progress) -> dict[str, Any]:
        raise RuntimeError("13812345678")

    kinds.update(refuse=refuse, broken=break_)
    made = [_job(settings.HOME, kind) for kind in ("refuse", "broken")]
    assert jobs.run_due(settings.HOME) == 2
    states = [place.state() for one in made if (place := jobs.find(settings.HOME, 7, one.id))]
    assert [state.name for state in states] == [jobs.FAILED] * 2
    assert states[0].problem["where"] == "line 1"
    assert states[1].problem == {"code": "web.job_failed"}


def test_what_was_cut_off_begins_anew(settings: Any, kinds: dict[str, Any]) -> None:
    tries = []

    def work(place: jobs.Place, progress: jobs.Progress) -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            raise KeyboardInterrupt  # as a killed process: nothing is written after it
        return {}

    kinds["fragile"] = work
    job = _job(settings.HOME, "fragile")
    with pytest.raises(KeyboardInterrupt):
        jobs.run_due(settings.HOME)
    place = jobs.find(settings.HOME, 7, job.id)
    assert place is not None
    assert place.state().name == jobs.RUNNING
    assert jobs.run_due(settings.HOME) == 1
    assert place.state().name == jobs.DONE


def test_a_file_too_large_leaves_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_BYTES", 3)
    with pytest.raises(Problem, match="file"):
        _job(settings.HOME, "count", b"four")
    assert jobs.of_organisation(settings.HOME, 7, "count") == []


def test_lists_of_numbers_do_not_stay(settings: Any, kinds: dict[str, Any]) -> None:
    kinds["count"] = lambda place, progress: {}
    now = clock.now()
    with clock.at(now):
        place = jobs.find(settings.HOME, 7, _job(settings.HOME, "count").id)
        jobs.run_due(settings.HOME)
        assert place is not None
        assert not place.input.exists()
        assert jobs.forget(settings.HOME) == 0
    with clock.at(now + timedelta(days=8)):
        assert jobs.forget(settings.HOME) == 1
    assert not place.folder.exists()


@pytest.mark.django_db(transaction=True)
def test_a_whitelist_is_imported_and_a_list_cleaned(desk: Desk, house: SimpleNamespace, settings: Any) -> None:
    client = desk("firm-admin")
    proof = "ab" * 32
    lines = (
        "号码,证明编号,证明哈希,同意时间",
        f"13700000001,QH-1,{proof},2026-01-05",
        f"hello,QH-2,{proof},2026-01-05",
    )
    rows = "\n".join(lines).encode()
    form = {"purpose": "marketing", "keep_good": "yes", "wording": " 同意来电。\r\n可随时撤回。\r\n"}
    answer = client.post("/enterprise/whitelist/", {"file": _file(rows), **form})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "排队中" in page
    assert jobs.run_due(settings.HOME) == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert "名单已生效" in page, page
    [said] = consents.of_firm(house.firm)
    assert (said.state, said.wording_sha256) == ("claimed", sha256("同意来电。\n可随时撤回。".encode()).digest())
    report = b"".join(client.get(answer.headers["Location"] + "report.csv")).decode()  # type: ignore[arg-type]
    assert report.count("\n") == 2
    while order.integrate():
        pass
    feed.rebuild(settings.HOME)
    asked = "号码,姓名\n13700000001,甲\n13700000002,乙\n".encode()
    answer = client.post(
        "/enterprise/scrub/", {"file": _file(asked), "purpose": "marketing", "caller": "+864008109889"}
    )
    assert jobs.run_due(settings.HOME) == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert "名单已清洗" in page, page
    text = b"".join(client.get(answer.headers["Location"] + "output/")).decode()  # type: ignore[arg-type]
    assert [line.split(",")[2] for line in text.splitlines()[1:]] == ["label", "refuse"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_none_is_told_in_the_reader_s_language(
    desk: Desk, house: SimpleNamespace, settings: Any
) -> None:
    client = desk("firm-admin")
    answer = client.post("/enterprise/whitelist/", {"file": _file(b"a,b\n1,2\n"), "purpose": "marketing"})
    assert jobs.run_due(settings.HOME) == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert "首行缺少必需的列名。" in page
    assert "证明哈希" in page
    assert "input.csv" not in page


@pytest.mark.django_db
def test_an_auditor_imports_nothing(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("firm-auditor")
    answer = client.post("/enterprise/whitelist/", {"file": _file(b"number\n"), "purpose": "marketing"})
    assert answer.status_code == 403


def _file(content: bytes) -> Any:
    made = io.BytesIO(content)
    made.name = "list.csv"
    return made
