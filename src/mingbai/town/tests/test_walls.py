"""The handset exists under the demo's settings, on this machine, for the town's numbers; and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from mingbai.kernel.home import Home
from mingbai.town.views import on_this_machine

ROUTES = """
import django, sys
django.setup()
from django.conf import settings
from django.urls import Resolver404, get_resolver, resolve

def walk(patterns, before=""):
    for pattern in patterns:
        here = before + str(pattern.pattern)
        yield from walk(pattern.url_patterns, here) if hasattr(pattern, "url_patterns") else [(here, pattern.callback)]

routes = list(walk(get_resolver().url_patterns))
found = [where for where, view in routes if view.__module__.startswith("mingbai.town") or "handset" in where]
print(len(routes) > 5, bool(found), "mingbai.town" in settings.INSTALLED_APPS, settings.ALLOWED_HOSTS)
"""


def _routes(settings: str, home: Path) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MINGBAI_", "DJANGO_"))}
    env = {**kept, "MINGBAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": settings, "MINGBAI_HOSTS": "mingbai.example"}
    done = subprocess.run(
        [sys.executable, "-c", ROUTES], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_production_has_no_such_route(tmp_path: Path) -> None:
    Home(tmp_path).make_keys()
    assert _routes("mingbai.settings.production", tmp_path) == "True False False ['mingbai.example']"
    assert _routes("mingbai.settings.demo", tmp_path) == "True True True ['127.0.0.1', 'localhost']"


def test_production_does_not_live_in_the_towns_time(tmp_path: Path) -> None:
    Home(tmp_path).make_keys()
    script = (
        "import django; django.setup(); import time; from mingbai.kernel import clock;"
        "print(clock.now_s() - int(time.time()))"
    )
    ahead = {}
    for settings in ("production", "demo"):
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MINGBAI_", "DJANGO_"))}
        env = {
            **kept,
            "MINGBAI_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": f"mingbai.settings.{settings}",
            "MINGBAI_TOWN_OFFSET": "36000",
        }
        done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
        ahead[settings] = int(done.stdout)
    assert abs(ahead["production"]) <= 1
    assert abs(ahead["demo"] - 36000) <= 1


@pytest.mark.parametrize(
    ("address", "forwarded", "allowed"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("127.0.0.1", "203.0.113.9", False),
        ("203.0.113.9", "", False),
        ("10.0.0.8", "", False),
        ("", "", False),
    ],
)
def test_only_this_machine_sees_a_phone(address: str, forwarded: str, allowed: bool) -> None:
    @on_this_machine
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("here")

    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/handset/", headers=headers, REMOTE_ADDR=address)
    if allowed:
        assert view(request).content == b"here"
    else:
        with pytest.raises(Http404):
            view(request)
