"""Words of one character or more, on whichever database the suite runs."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.tariffs import queries, words
from mingbai.tariffs.content import Audience, Channel, Content
from mingbai.tariffs.queries import Asked
from mingbai.tariffs.tests.conftest import GOOD, changed


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("流量", True),
        ("流", True),
        ("包", True),
        ("50G", True),
        ("50gb", True),
        ("５０Ｇ", True),
        ("50", True),
        ("5", False),
        ("0G", False),
        ("150G", False),
        ("5元", False),
        ("15元", True),
        ("流量 校园", True),
        ("流量 银发", False),
        ("量流", False),
        ("视频", True),
        ("秦皇岛", True),
        ("'\" * : - (", True),  # nothing to look for
        ("流量 OR", False),
        ("NEAR", False),
        ("26QS000001", True),
    ],
)
def test_what_finds_a_tariff(
    staff: SimpleNamespace, published: Callable[[Content], int], query: str, found: bool
) -> None:
    published(
        changed(
            code="26QS000001",
            name="青山校园50GB流量包15元",
            audience=Audience.YOUNG,
            kind="addon",
            regions=("秦皇岛",),
            services="视频会员，按月自动续订",
            allowances=GOOD.allowances.__class__(data_mb=50 * 1024),
            prices=(GOOD.prices[0].__class__("recurring", "month", 1500),),
        )
    )
    assert bool(queries.listed(Asked(text=query))[0]) is found


def test_names_come_first(staff: SimpleNamespace, published: Callable[[Content], int]) -> None:
    named = changed(code="A1", name="青山银龄套餐59元")
    beside = changed(code="A2", services="银龄课堂一份")
    published(named)
    published(beside)
    assert [row.code for row in queries.listed(Asked(text="银龄"))[0]] == ["A1", "A2"]


def test_filters(staff: SimpleNamespace, published: Callable[[Content], int]) -> None:
    published(GOOD)
    published(changed(code="A2", name="青山59元（沧州）", regions=("沧州",), channels=(Channel.DOOR,)))

    def codes(**asked: object) -> set[str]:
        return {row.code for row in queries.listed(Asked(**asked))[0]}  # type: ignore[arg-type]

    both = {GOOD.code, "A2"}
    assert codes(region="河北省") == both
    assert codes(region="沧州市") == both
    assert codes(region="唐山") == {GOOD.code}
    assert codes(region="广东") == set()
    assert codes(channel="door") == {"A2"}
    assert codes(kind="package", audience="public", most_fen=5900) == both
    assert codes(least_fen=5901) == set()
    assert codes(state="withdrawn") == set()
    assert codes(operator=staff.operator + 1) == set()


texts = st.text(st.sampled_from("流量包青山5019.GB元 （）ab'\":*-"), min_size=1, max_size=20)


@given(text=texts, cut=st.integers(0, 19), length=st.integers(1, 8))
def test_every_run_of_atoms_is_found_where_it_stands(text: str, cut: int, length: int) -> None:
    for atoms in words._runs(text):
        part = atoms[cut % len(atoms) :][:length]
        (phrase,) = words.phrases("".join(part)) if _joins(part) else (None,)
        if phrase is None:
            continue
        indexed = words.pairs(text)
        places = range(len(indexed))
        if words.is_prefix(phrase):
            assert any(indexed[i].startswith(phrase[0]) for i in places)
        else:
            assert any(indexed[i : i + len(phrase)] == phrase for i in places)


def _joins(part: list[str]) -> bool:
    """Whether the atoms, written one after the other, read as the same atoms again."""
    return [list(atoms) for atoms in words._runs("".join(part))] == [part]


@pytest.mark.parametrize("query", ["40G", "40GB 流量", "300分钟", "59元"])
def test_what_is_included_is_found_where_the_name_does_not_say_it(
    staff: SimpleNamespace, published: Callable[[Content], int], query: str
) -> None:
    published(changed(name="青山畅聊（河北）"))
    assert queries.listed(Asked(text=query))[1] == 1
    assert queries.listed(Asked(text="0G"))[1] == 0
