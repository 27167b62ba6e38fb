"""The organisations of the town, their lines and trunks: who keeps the rules and who does not."""

from __future__ import annotations

from typing import NamedTuple


class Firm(NamedTuple):
    """An organisation. `key` names it inside the town."""

    key: str
    name: str
    kind: str
    industry: str = ""


class Trunk(NamedTuple):
    name: str
    carrier: str
    special: bool = False
    international: bool = False


class Line(NamedTuple):
    """A number resource: `number` as dialled in China, held by `holder`, calling for `principal`."""

    number: str
    holder: str
    principal: str
    use: str
    trunk: str
    industry: str = ""
    label: str = ""
    per_minute: int | None = None
    suspended: bool = False


OPERATOR = "operator"
TRUNKS = (
    Trunk("mobile", OPERATOR),
    Trunk("town-fixed", OPERATOR),
    Trunk("firms", OPERATOR),
    Trunk("centre-a", OPERATOR),
    Trunk("centre-b", OPERATOR),
    Trunk("public", OPERATOR, special=True),
    Trunk("gateway", "carrier", international=True),
)

FIRMS = (
    Firm(OPERATOR, "青山通信", "operator", "telecom"),
    Firm("carrier", "远海国际电信", "operator", "telecom"),
    Firm("city", "青山市政务热线", "enterprise", "government"),
    Firm("hospital", "青山市人民医院", "enterprise", "health"),
    Firm("courier", "快马速递", "enterprise", "delivery"),
    Firm("bank", "青山银行", "enterprise", "bank"),
    Firm("insurance", "松风保险", "enterprise", "insurance"),
    Firm("education", "启明教育", "enterprise", "education"),
    Firm("securities", "东篱证券", "enterprise", "securities"),
    Firm("property", "安居房产", "enterprise", "property"),
    Firm("loans", "速贷金融", "enterprise", "loans"),
    Firm("centre_a", "正道呼叫中心", "call_centre"),
    Firm("centre_b", "飞讯外呼", "call_centre"),
    Firm("wave", "巨浪外呼有限公司", "call_centre"),
    Firm("tonic", "康寿堂保健品", "enterprise", "health"),
    Firm("mist", "聚澜商务咨询（青山）有限公司", "call_centre"),
    Firm("pharmacy", "仁和大药房", "enterprise", "health"),
    Firm("herbs", "百草药房", "enterprise", "health"),
    Firm("app", "来电助手", "enterprise"),
)

# Centre A asks first and keeps the hours; centre B does neither. Insurance, education and property use both, so that
# a refusal said to one has to hold for the other.
LINES = (
    Line("01080000120", "hospital", "hospital", "notification", "firms", "health", "青山市人民医院"),
    Line("95300001", "courier", "courier", "service", "firms", "delivery", "快马速递"),
    Line("95500001", "bank", "bank", "notification", "firms", "bank", "青山银行"),
    Line("01080012345", "city", "city", "survey", "public", "government", "青山市政务热线"),
    Line("95200011", "centre_a", "insurance", "marketing", "centre-a", "insurance", "松风保险"),
    Line("95200012", "centre_a", "insurance", "marketing", "centre-a", "insurance", "松风保险"),
    Line("95200021", "centre_a", "education", "marketing", "centre-a", "education", "启明教育"),
    Line("95200031", "centre_a", "property", "marketing", "centre-a", "property", "安居房产"),
    Line("95200041", "centre_a", "bank", "marketing", "centre-a", "bank", "青山银行"),
    Line("95200051", "centre_a", "securities", "marketing", "centre-a", "securities", "东篱证券", per_minute=5),
    Line("95100011", "centre_b", "insurance", "marketing", "centre-b", "insurance"),
    Line("95100021", "centre_b", "education", "marketing", "centre-b", "education"),
    Line("95100031", "centre_b", "property", "marketing", "centre-b", "property"),
    Line("95100061", "centre_b", "loans", "marketing", "centre-b", "loans"),
    Line("95100099", "centre_b", "loans", "marketing", "centre-b", "loans", suspended=True),
    Line("95100071", "wave", "tonic", "service", "centre-b", "health", "康寿堂健康回访"),
    Line("01080003001", "pharmacy", "pharmacy", "service", "town-fixed", "health", "仁和大药房 取药提醒"),
    Line("01080003002", "herbs", "herbs", "service", "town-fixed", "health", "百草药房 代煎通知"),
)

FREQUENT = "95200051"
SUSPENDED = "95100099"
MARKETERS = ("insurance", "education", "property", "bank", "securities", "loans")
CAREFUL, CARELESS = "centre_a", "centre_b"
# Whom town.stories is about: the rogue, the pharmacy that was freed, and the one whose appeal waits.
ROGUE, FREED, WAITS = "95100071", "01080003001", "01080003002"
CAST = (OPERATOR, "wave", "mist", "pharmacy", "herbs")
