"""A precision–recall curve as a small SVG that reads on light and on dark paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WIDE, _HIGH, _LEFT, _TOP, _SIDE = 640, 420, 56, 24, 360
_LOW = 0.5  # the axes begin here: below it nothing is of use
_COLOURS = ("#3b82c4", "#d9822b", "#4c9f70", "#a05fb5")
_NAMES = {"first": "the town", "second": "the second town", "third": "the third town", "fourth": "the fourth town"}
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#57606a}line{stroke:#8c959f;stroke-width:.5}"
    "@media(prefers-color-scheme:dark){text{fill:#9da7b1}line{stroke:#6e7681}}"
)


def svg(curves: Mapping[str, Sequence[Sequence[float]]], figures: Mapping[str, Mapping[str, Any]]) -> str:
    """`curves`: town → (recall, precision, …); `figures`: what rules and score reach together, a dot each."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH + 30}" role="img">',
        "<title>Precision over recall of the score, and of rules and score together</title>",
        f"<style>{_STYLE}</style>",
        *_axes(),
    ]
    for place, (town, points) in enumerate(curves.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        path = " ".join(f"{_x(point[0]):.1f},{_y(point[1]):.1f}" for point in points if min(point[:2]) >= _LOW)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        reached = figures[town]
        x, y = _x(max(reached["recall"], _LOW)), _y(max(reached["precision"], _LOW))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
        parts += _legend(place, colour, _NAMES.get(town, town), reached)
    return "\n".join([*parts, "</svg>\n"])


def _x(recall: float) -> float:
    return _LEFT + (recall - _LOW) / (1 - _LOW) * _SIDE


def _y(precision: float) -> float:
    return _TOP + (1 - precision) / (1 - _LOW) * _SIDE


def _axes() -> list[str]:
    made = []
    for tenth in range(round(_LOW * 10), 11):
        at = tenth / 10
        made.append(f'<line x1="{_x(at):.1f}" y1="{_y(_LOW)}" x2="{_x(at):.1f}" y2="{_y(1)}"/>')
        made.append(f'<line x1="{_x(_LOW)}" y1="{_y(at):.1f}" x2="{_x(1)}" y2="{_y(at):.1f}"/>')
        made.append(f'<text x="{_x(at):.1f}" y="{_y(_LOW) + 18}" text-anchor="middle">{at:.1f}</text>')
        made.append(f'<text x="{_x(_LOW) - 8}" y="{_y(at) + 4:.1f}" text-anchor="end">{at:.1f}</text>')
    made.append(f'<text x="{_x(0.75)}" y="{_y(_LOW) + 38}" text-anchor="middle">recall</text>')
    made.append(f'<text x="{_LEFT - 42}" y="{_TOP - 8}">precision</text>')
    return made


def _legend(place: int, colour: str, name: str, reached: Mapping[str, Any]) -> list[str]:
    x, y = _LEFT + _SIDE + 20, _TOP + 20 + 70 * place
    return [
        f'<line x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}" style="stroke:{colour};stroke-width:2"/>',
        f'<text x="{x + 30}" y="{y}">{name}: score</text>',
        f'<circle cx="{x + 11}" cy="{y + 18}" r="5" fill="{colour}"/>',
        f'<text x="{x + 30}" y="{y + 22}">rules and score</text>',
        f'<text x="{x + 30}" y="{y + 42}">{reached["precision"]:.3f} at {reached["recall"]:.3f}</text>',
    ]
