"""Two firms, an operator and a subscriber, without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.notices import queries as notices
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

PASSWORD = "spring-rain-2026"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, settings: Any) -> None:
    """Files of one test are not another's, nor are its counts of tries."""
    made = Home(tmp_path / "house")
    made.root.mkdir(mode=0o700)
    shutil.copytree(settings.HOME.keys, made.keys)
    shutil.copy(settings.HOME.profile, made.profile)
    for folder in (made.files, made.log, made.journal, made.lake):
        folder.mkdir(mode=0o700)
    settings.HOME = made
    cache.clear()


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    """Organisations, accounts named `<organisation>-<role>`, numbers, one subscriber."""
    made = SimpleNamespace()
    made.operator = people.create_organisation(name="海东移动", kind="operator")
    made.firm = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
    made.other = people.create_organisation(name="白鹭湾地产", kind="enterprise", industry="property")
    for name in ("operator", "firm", "other"):
        for role in ("admin", "compliance", "operations", "auditor"):
            organisation = getattr(made, name)
            people.create_account(username=f"{name}-{role}", password=PASSWORD, organisation=organisation, role=role)
    made.trunk = numbers.create_trunk("haidong-1", made.operator)
    made.number = numbers.register_number(
        first=parse("4008109889"), holder=made.firm, use="marketing", label="青禾保险 推销", trunks=[made.trunk]
    )
    made.phone = "13812345678"
    made.subscriber = people.ensure_subscriber(parse(made.phone))
    return made


@pytest.fixture
def desk(client: Client, house: SimpleNamespace) -> Callable[[str], Client]:
    """A client logged in with an account, by the form."""

    def log_in(username: str) -> Client:
        answer = client.post("/login/", {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return log_in


@pytest.fixture
def me(client: Client, house: SimpleNamespace) -> Client:
    """A client logged in as the subscriber, by the code in the SMS."""
    client.post("/my/login/", {"number": house.phone})
    answer = client.post("/my/code/", {"code": code_of(house.subscriber)})
    assert answer.status_code == 302, answer.content.decode()
    return client


def code_of(subscriber: int) -> str:
    texts = [one.text for one in notices.messages(subscriber) if one.template == "code"]
    return str(re.findall(r"\d{4,8}", texts[0])[0])
