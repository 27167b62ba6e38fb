"""What messages say: a kind without what it must say does not load, and none is sent by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.notices import wording
from mingbai.notices.delivery.smpp import text
from mingbai.notices.kinds import FACTS, MANDATORY, Kind

SUCCESS = "【明白】办理成功：{what}，{price}，{starts}起生效，{term}，{penalty}。退订：{leave}"
VALUES = {
    "what": "5G畅享", "price": "59元/月", "starts": "12月1日", "term": "长期", "penalty": "无", "leave": "回复TD5G",
}  # fmt: skip


def ours(lang: str) -> str:
    return (Path(wording.__file__).parent / f"{lang}.toml").read_text("utf-8")


def own(folder: Path, body: str) -> Home:
    home = Home(folder)
    (folder / "wording").mkdir()
    (folder / "wording" / "zh.toml").write_text(body, "utf-8")
    return home


@pytest.mark.parametrize("lang", wording.LANGS)
@pytest.mark.parametrize("kind", [kind for kind in Kind if FACTS[kind].parts])
def test_every_kind_is_worded_and_says_its_parts(tmp_path: Path, kind: Kind, lang: str) -> None:
    facts = FACTS[kind]
    values = {part: f"<{part}>" for part in facts.parts}
    said = wording.compose(wording.load(Home(tmp_path)), kind, lang, values)
    assert all(f"<{part}>" in said for part in facts.parts)
    assert "{" not in said
    assert text.count(said) <= 4


@pytest.mark.parametrize("lang", wording.LANGS)
@pytest.mark.parametrize("kind", [kind for kind in Kind if FACTS[kind].parts])
def test_a_wording_without_one_of_its_parts_does_not_load(kind: Kind, lang: str) -> None:
    for part in FACTS[kind].parts:
        lines = ours(lang).splitlines()
        at = lines.index(f"[{kind}]")
        lines[at + 1] = lines[at + 1].replace(f"{{{part}}}", "…")
        with pytest.raises(Problem) as raised:
            wording.parse("\n".join(lines), "zh.toml", lang, whole=True)
        assert raised.value.where == f"zh.toml:{at + 1}"
        assert part in raised.value.what


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[success]\ntext = 3", "wording.mistyped"),
        ("[success]\ntext = 'x'\nmore = 'y'", "wording.mistyped"),
        ("[success", "wording.syntax"),
        ("[greeting]\ntext = 'x'", "wording.unknown"),
        ("[code]\ntext = 'x'", "wording.unknown"),
        (f"[success]\ntext = '{SUCCESS}{{colour}}'", "wording.part"),
        (f"[success]\ntext = '{SUCCESS}{{'", "wording.braces"),
        (f"[success]\ntext = '{SUCCESS}{{term!r}}'", "wording.braces"),
        (f"[success]\ntext = '{SUCCESS}限时优惠，点击办理！'", "wording.advertising"),
        ("[use]\ntext = '{what}{used}{beyond} Upgrade now!'", "wording.advertising"),
    ],
)
def test_what_is_wrong_with_a_wording_is_told_with_its_line(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(Problem) as raised:
        wording.load(own(tmp_path, "# ours\n" + body))
    assert raised.value.code == code
    assert raised.value.where in ("wording/zh.toml:2", "wording/zh.toml:1")


def test_an_installation_words_messages_itself(tmp_path: Path) -> None:
    text = "[success]\ntext = '成了：{what}，{price}，{starts}，{term}，{penalty}，{leave}'"
    found = wording.load(own(tmp_path, text))
    assert wording.compose(found, Kind.SUCCESS, "zh", VALUES) == "成了：5G畅享，59元/月，12月1日，长期，无，回复TD5G"
    assert "Done" in wording.compose(found, Kind.SUCCESS, "en", VALUES)


def test_none_is_sent_by_halves(tmp_path: Path) -> None:
    found = wording.load(Home(tmp_path))
    for part in FACTS[Kind.SUCCESS].parts:
        with pytest.raises(Problem, match=part):
            wording.compose(found, Kind.SUCCESS, "zh", VALUES | {part: " "})
    with pytest.raises(Problem):
        wording.compose(found, Kind.SUCCESS, "zh", VALUES | {"colour": "red"})
    with pytest.raises(Problem, match="characters"):
        wording.compose(found, Kind.SUCCESS, "zh", VALUES | {"leave": "x" * 2000})


def test_a_reminder_carries_no_advertising_but_names_a_tariff_as_it_is_called(tmp_path: Path) -> None:
    found = wording.load(Home(tmp_path))
    with pytest.raises(Problem, match="advertising"):
        wording.compose(found, Kind.FAILURE, "zh", {"what": "5G畅享", "why": "欠费", "mend": "限时优惠！"})
    assert "优惠包" in wording.compose(found, Kind.SUCCESS, "zh", VALUES | {"what": "流量优惠包"})


@pytest.mark.parametrize("text", ["优 惠", "優惠", "加10元升级", "戳我", "Discounts", "upgrade today"])
def test_advertising_by_other_spellings(text: str) -> None:
    assert wording.advertising(f"您的套餐将于明日到期。{text}")


def test_a_value_cannot_bring_places_of_its_own(tmp_path: Path) -> None:
    said = wording.compose(
        wording.load(Home(tmp_path)), Kind.SUCCESS, "zh", VALUES | {"what": "{leave}\n{0.__class__}"}
    )
    assert "{leave} {0.__class__}" in said


def test_what_is_mandatory() -> None:
    assert set(MANDATORY) == {
        "confirmation", "success", "failure", "renewal", "use", "cap", "bill", "restriction", "report_answer",
    }  # fmt: skip
