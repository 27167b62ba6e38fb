"""What the name of a plan claims: prices, data, minutes, messages, months, places. Pure.

“5G” is a network generation, not 5 GB; “减20元” is not what the plan costs; “100M宽带” is a speed, not a volume.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from mingbai.tariffs import places

_AMOUNT = r"(\d+(?:\.\d+)?)"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMERAL = re.compile(
    r"(?<![第前首每满半几])(?:[二两三四五六七八九]?百(?:零?[一二三四五六七八九]?十?[一二三四五六七八九]?)|"
    r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?=\s*(?:年(?![级轻度底前初])|个月|[GMT]B?(?![A-Za-z])))|"
    r"(?<![第前首每满半几])(?:[一二两三四五六七八九]百(?:零?[一二三四五六七八九]?十?[一二三四五六七八九]?)|"
    r"[一二三四五六七八九]?十[一二三四五六七八九]?)(?=\s*(?:元|块|分钟))"
)
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, **{c: n for n, c in enumerate("三四五六七八九", 3)}}
_PRICE = re.compile(
    r"[¥￥]\s*(?P<sign>\d+(?:\.\d+)?)|(?P<yuan>\d+(?:\.\d+)?)\s*(?:元|块|圆|塊)(?:(?P<tenth>\d)(?:[角毛]|(?<=[块塊]\d)(?=套|包|档|/|每|\W|$)))?"
    r"|(?P<jiao>\d+(?:\.\d)?)\s*[角毛](?!度|落|色|钱包)|(?:RMB|CNY|人民币)\s*(?P<before>\d+(?:\.\d+)?)"
    r"|(?P<after>\d+(?:\.\d+)?)\s*(?:RMB|CNY|/月|每月)",
    re.IGNORECASE,
)
_GRADE = re.compile(r"(?<![\d.])(\d{2,4})\s*档(?!案|[及以]|位)")
_EACH_AMOUNT = re.compile(r"\s*(?:/|每)\s*(?:GB?|MB?|分钟|条)(?![A-Za-z])", re.IGNORECASE)
_NOT_ITS_PRICE = re.compile(
    r"(?:减免?|赠送?|送|返还?|满|优惠|抵扣?|券|补贴|含|预存|话费|高于|不低于|原价|市场价|门市价|价值|充值?|存|缴费?|省)\s*[¥￥]?$"
)
_NOT_PRICE_AFTER = re.compile(r"\s*(?:话费|优惠|代金|红包|礼包|以上|及以上|立减|抵)")
_REDUCED = re.compile(r"(?:首月|首年|体验期?|试用期?|前\d+个?月)\s*(?:仅需?|只需)?\s*[¥￥]?$")
_DATA = re.compile(_AMOUNT + r"\s*个?\s*(TB|GB|MB|KB|T|G|M|兆)(?![A-Za-z])", re.IGNORECASE)
_GENERATION = frozenset({"2", "3", "4", "5", "6"})
_SPEED_AFTER = re.compile(r"\s*(?:bps|宽带|光纤|带宽|速率|光宽)", re.IGNORECASE)
_SPEED_BEFORE = re.compile(r"(?:宽带|光纤|带宽|速率|限速|降速至?|达)\s*$")
_DAILY = re.compile(r"(?:每日|每天|日租|日)\s*$")
_FASTEST = 10  # Gbit/s: “40G” behind 宽带 is a volume
_VOICE = re.compile(r"(\d+)\s*(?:分钟|分(?=\s*(?:国内|全国|通话|语音|主叫)))")
_HOURS = re.compile(
    r"(\d+)\s*(?:个)?小时(?=\s*(?:的)?(?:国内|全国|通话|语音|主叫))|(?:通话|语音|主叫)\s*(\d+)\s*(?:个)?小时"
)
_LARGE_SPEED = re.compile(r"(\d+|[一二两三四五六七八九])?([百千万])兆")
_LARGE = {"百": 100, "千": 1000, "万": 10_000}
_SMS = re.compile(r"(\d+)\s*条")
_MONTHS = re.compile(r"(?<![前近\d])(\d+)\s*(?:个月(?![前内])|月(?=合约|在网|期))|合约期?\s*(\d+)\s*月")
_HALF_YEAR = re.compile(r"(?<![首前每下上近])半年")
_YEARS = re.compile(r"(\d+)\s*年(?!\d|前|底|版|初)")
_BRACKETS = re.compile(r"[（(\[【]([^（）()\[\]【】]{1,20})[）)\]】]")
_GENERATION_AS_DATA = re.compile(
    r"(?:送|赠|含)\s*([2-6])G(?![A-Za-z])|([2-6])G(?:通用|国内|定向|全国)*流量", re.IGNORECASE
)
_MB = {"t": 1024 * 1024, "g": 1024, "m": 1, "兆": 1, "k": 1 / 1024}
YEAR = 12


class Mention(NamedTuple):
    """A value that the name claims, and how it is written there. Unit: fen, MB, minutes, messages, months or Mbit/s.

    `each`: a price of so much used (0.29元/MB), not of the plan.
    """

    text: str
    value: int
    each: bool = False


def prices(name: str) -> list[Mention]:
    """Amounts that the name gives as what the plan costs, in fen."""
    found, name = [], _plain(name)
    for hit in _PRICE.finditer(name):
        if _NOT_ITS_PRICE.search(name[: hit.start()]) or _REDUCED.search(name[: hit.start()]):
            continue
        if _NOT_PRICE_AFTER.match(name, hit.end()):
            continue
        found.append(Mention(hit[0], _fen(hit), bool(_EACH_AMOUNT.match(name, hit.end()))))
    return found


def grades(name: str) -> list[Mention]:
    """“69档” as the price of a month that it stands for, in fen."""
    return [Mention(hit[0], int(hit[1]) * 100) for hit in _GRADE.finditer(_plain(name))]


def reduced(name: str) -> list[Mention]:
    """Amounts that hold for a first time only (首月0元), in fen."""
    name = _plain(name)
    hits = [hit for hit in _PRICE.finditer(name) if _REDUCED.search(name[: hit.start()])]
    return [Mention(hit[0], _fen(hit)) for hit in hits]


def data(name: str) -> list[Mention]:
    """Volumes of a period, in MB; generations (5G), speeds and daily volumes are none."""
    found, name = [], _plain(name)
    for hit in _DATA.finditer(name):
        number, unit = hit[1], hit[2].lower()
        if unit == "g" and number in _GENERATION:
            continue
        if _speed(name, hit) or _DAILY.search(name[: hit.start()]):
            continue
        found.append(Mention(hit[0], round(float(number) * _MB[unit[0]])))
    return found


def generations(name: str) -> list[Mention]:
    """“5G” where a volume might stand (送5G, 5G流量), as the MB that it would be."""
    return [Mention(hit[0], int(hit[1] or hit[2]) * 1024) for hit in _GENERATION_AS_DATA.finditer(_plain(name))]


def broadband(name: str) -> list[Mention]:
    """Speeds, in Mbit/s."""
    name = _plain(name)
    found = [
        Mention(hit[0], round(float(hit[1]) * (1000 if hit[2].lower().startswith("g") else 1)))
        for hit in _DATA.finditer(name)
        if _speed(name, hit) and hit[2].lower() in ("m", "mb", "g", "gb", "兆")
        and not re.search(r"(?:限速|降速至?|达)\s*$", name[: hit.start()])
    ]  # fmt: skip
    large = [Mention(hit[0], _digit(hit[1] or "1") * _LARGE[hit[2]]) for hit in _LARGE_SPEED.finditer(name)]
    return found or large


def voice(name: str) -> list[Mention]:
    """Minutes; hours too, where they are of calls."""
    name = _plain(name)
    found = [Mention(hit[0], int(hit[1])) for hit in _VOICE.finditer(name)]
    return found + [Mention(hit[0], int(hit[1] or hit[2]) * 60) for hit in _HOURS.finditer(name)]


def sms(name: str) -> list[Mention]:
    """Messages."""
    return [Mention(hit[0], int(hit[1])) for hit in _SMS.finditer(_plain(name))]


def months(text: str) -> list[Mention]:
    """How long it binds, in months."""
    text = _plain(text)
    found = [Mention(hit[0], int(hit[1] or hit[2])) for hit in _MONTHS.finditer(text)]
    found += [Mention(hit[0], YEAR // 2) for hit in _HALF_YEAR.finditer(text)]
    return found + [Mention(hit[0], int(hit[1]) * YEAR) for hit in _YEARS.finditer(text) if int(hit[1]) <= YEAR]


def regions(name: str) -> list[str]:
    """Places that the name gives in brackets: （秦皇岛）."""
    inside = [places.normal(part) for hit in _BRACKETS.findall(name) for part in hit.replace("、", " ").split()]
    return list(dict.fromkeys(one for one in inside if one in places.KNOWN))


def places_in(text: str) -> list[str]:
    """Known places anywhere in a text, the longest name where several fit."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def _plain(text: str) -> str:
    """The text with narrow letters and digits, and with numbers in digits: 1,299元, 五十G, 两年."""
    narrow = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    return _NUMERAL.sub(lambda hit: str(_number(hit[0])), narrow)


def _number(text: str) -> int:
    """A Chinese numeral below 1000; 百 and 十 alone are 100 and 10."""
    value = digit = 0
    for char in text:
        if char in "百十":
            value, digit = value + (digit or 1) * (100 if char == "百" else 10), 0
        else:
            digit = _DIGITS[char]
    return value + digit


def _speed(name: str, hit: re.Match[str]) -> bool:
    """Whether a number with G or M is a speed: 500M宽带, 宽带500M; not 宽带40GB, which is a volume behind the word."""
    if _SPEED_AFTER.match(name, hit.end()):
        return True
    unit = hit[2].lower()
    slow = unit in ("m", "兆") or (unit == "g" and float(hit[1]) <= _FASTEST)
    return slow and not name.startswith("流量", hit.end()) and bool(_SPEED_BEFORE.search(name[: hit.start()]))


def _digit(text: str) -> int:
    return int(text) if text.isascii() else _DIGITS[text]


def _fen(hit: re.Match[str]) -> int:
    """What a price is in fen: 59.9元, 59块9, 59元9角, 5角."""
    if hit["jiao"]:
        return round(float(hit["jiao"]) * 10)
    yuan, _, rest = (hit["sign"] or hit["yuan"] or hit["before"] or hit["after"]).partition(".")
    return int(yuan) * 100 + int(rest[:2].ljust(2, "0") or 0) + int(hit["tenth"] or 0) * 10


_PLACE = re.compile(
    "|".join(sorted(places.KNOWN - {"全国", "朝阳", "中山", "海南州", "吉林市"}, key=len, reverse=True))
)
