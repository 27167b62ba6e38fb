"""The zone for machines: everything as CSV and as JSON at fixed addresses, and one tariff as PDF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mingbai.kernel import clock
from mingbai.kernel.money import yuan
from mingbai.tariffs import content as contents
from mingbai.tariffs import queries
from mingbai.tariffs.content import Content
from mingbai.tariffs.queries import Row
from mingbai.tariffs.sheet import COLUMNS
from mingbai.web import downloads, limits
from mingbai.web.tariffs import lines, pdf
from mingbai.web.tariffs.views import shown

PDFS_AN_HOUR = 60  # made for one address; those kept from before are not counted
_HEAD = (
    "id", "operator", "code", "version", "state", "name", "kind", "prices", "month_yuan", "voice_min", "data_mb",
    "directed_mb", "directed_to", "sms", "broadband_mbps", "unlimited", "audience", "audience_text", "regions",
    "channels", "on_date", "off_date", "term", "term_months", "in_network", "leave", "penalty", "beyond", "caps",
    "trial", "singles", "services", "notes", "sha256",
)  # fmt: skip
_OWN = {
    "id": "唯一编号", "version": "版本", "state": "状态", "month_yuan": "月费（元）", "unlimited": "不限量",
    "audience": "适用人群", "prices": "资费标准", "term_months": "合约期（月）", "caps": "封顶档位（元）",
    "trial": "试用期", "singles": "单项方案编号", "sha256": "内容摘要",
    "data_mb": "通用流量（MB）", "directed_mb": "定向流量（MB）",
}  # fmt: skip


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every tariff, withdrawn ones too, a row each; the first line names the columns in Chinese."""
    names = [_OWN.get(name) or COLUMNS[name][0] for name in _HEAD]
    return downloads.stream(_csv_lines(names), "tariffs")


def _csv_lines(names: Iterable[str]) -> Iterator[str]:
    yield from downloads.lines(_rows(list(names)))


def _rows(names: list[str]) -> Iterator[list[str]]:
    yield names
    for row, content, sha256 in queries.every():
        yield ["" if cell is None else str(cell) for cell in _cells(row, content, sha256)]


def _cells(row: Row, content: Content, sha256: str) -> list[object]:
    allowed = content.allowances
    return [
        row.plan, row.operator_name, content.code, row.version, row.state, content.name, content.kind,
        " | ".join(map(lines.price, content.prices)), yuan(row.month_fen) if row.month_fen is not None else "",
        allowed.voice_min, allowed.data_mb, allowed.directed_mb, allowed.directed_to, allowed.sms,
        allowed.broadband_mbps, "、".join(allowed.unlimited), content.audience, content.audience_text,
        "、".join(content.regions), "、".join(content.channels), content.on_date, content.off_date, content.term,
        content.term_months, content.in_network, content.leave, content.penalty, content.beyond,
        "、".join(map(yuan, content.caps_fen)), " ".join(lines.texts("trial", content.trial)),
        "、".join(content.singles), content.services, content.notes, sha256,
    ]  # fmt: skip


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    """Every tariff with its whole content: {"at", "tariffs": [{id, operator, version, state, sha256, content}, …]}.

    `sha256` is the hash of `content` as canonical JSON (RFC 8785), which the log holds.
    """
    return StreamingHttpResponse(_json_pieces(), content_type="application/json; charset=utf-8")


def _json_pieces() -> Iterator[str]:
    yield json.dumps({"at": clock.now().isoformat(timespec="seconds")})[:-1] + ', "tariffs": ['
    for place, (row, content, sha256) in enumerate(queries.every()):
        value = {
            "id": row.plan, "operator": row.operator_name, "version": row.version, "state": row.state,
            "sha256": sha256, "content": contents.builtins(content),
        }  # fmt: skip
        yield (",\n" if place else "\n") + json.dumps(value, ensure_ascii=False)
    yield "\n]}\n"


@require_safe
def as_pdf(request: HttpRequest, plan: int) -> HttpResponse:
    """One tariff on A4, as the zone shows it now."""
    full = queries.full(plan)
    if full is None:
        raise Http404
    said = shown(full)
    # Cutting the font to the page's characters takes a good part of a second, and the content never changes.
    key = f"tariff-pdf:{full.version}:{full.state}:{said['index']}:{get_language()}"
    made = cache.get(key)
    if made is None:
        page = f"{settings.PUBLIC_URL}/tariffs/{plan}/"
        limits.refuse_beyond(who := f"tariff-pdf:{limits.origin(request)}", PDFS_AN_HOUR)
        limits.count(who)
        made = pdf.summary(full, said, page=page, at=timezone.localtime(clock.now()))
        cache.set(key, made, limits.HOUR)
    response = HttpResponse(made, content_type="application/pdf")
    name = quote(f"{full.content.code}.pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
    return response
