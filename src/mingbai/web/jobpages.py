"""What the pages of all jobs share: whose job it is, what went wrong with it, its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

from mingbai.kernel.problems import Problem
from mingbai.web import jobs, problems
from mingbai.web.desk import Desk
from mingbai.web.jobs import Job, Place


def submit(request: HttpRequest, desk: Desk, kind: str, asked: dict[str, Any], *, most_bytes: int | None = None) -> Job:
    """Let the file of the form wait for its worker. Raises Problem without one, and beyond `most_bytes`."""
    file = request.FILES.get("file")
    if file is None:
        raise Problem("web.file_missing", where=_("list"))
    if most_bytes is not None and (file.size or 0) > most_bytes:
        raise Problem("web.file_too_large", where=_("list"), status=413)
    return jobs.submit(
        settings.HOME, kind=kind, organisation=desk.organisation.id, account=desk.account,
        file_name=file.name or f"{kind}.csv", pieces=file.chunks(), asked=asked,
    )  # fmt: skip


def own(desk: Desk, ident: str, kind: str = "") -> Place:
    """A job of this desk's organisation, of this kind if one is named. Raises Http404."""
    place = jobs.find(settings.HOME, desk.organisation.id, ident)
    if place is None or (kind and place.job.kind != kind):
        raise Http404
    return place


def about(place: Place, again: str) -> dict[str, Any]:
    """What the page of a job shows: `job`, its `state`, the `problem` that ended it; `again`: where to ask anew."""
    state = place.state()
    problem = None
    if state.problem:
        where = state.problem.get("where", "").replace(place.input.name, place.job.file_name)
        told = Problem(state.problem["code"], state.problem.get("what", ""), where=where)
        told.mend = state.problem.get("mend", "")
        problem = problems.told(told)
    return {"place": place, "job": place.job, "state": state, "problem": problem, "again": again}


def report(place: Place, name: str = "") -> FileResponse:
    """What became of every row, called `name` or after the file that came. Raises Http404 before it is there."""
    return download(place, place.report, name or f"{_stem(place)}-report.csv")


def output(place: Place) -> FileResponse:
    """What came out of the file. Raises Http404 before it is there."""
    return download(place, place.output, f"{_stem(place)}-mingbai{place.output.suffix}")


def download(place: Place, path: Path, name: str) -> FileResponse:
    """One file of a job that has ended. Raises Http404 before it is there."""
    if not place.state().ended or not path.exists():
        raise Http404
    # Closed by the response when it was sent.
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _stem(place: Place) -> str:
    return place.job.file_name.rpartition(".")[0] or place.job.file_name
