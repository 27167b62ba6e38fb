"""告知的种类: what kinds of message there are, and what each must say. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    CONFIRMATION = "confirmation"  # 办理确认: the whole 办理说明 (orders.wording), and how to answer
    SUCCESS = "success"  # 办理成功
    FAILURE = "failure"  # 办理未成
    RENEWAL = "renewal"  # 续订提醒
    USE = "use"  # 用量提醒
    CAP = "cap"  # 封顶提醒
    BILL = "bill"  # 账单
    RESTRICTION = "restriction"  # 限制措施告知
    REPORT_ANSWER = "report_answer"  # 举报、投诉答复
    CONSENT_REQUEST = "consent_request"  # 商业短信征询
    COMMERCIAL = "commercial"  # 商业短信
    CODE = "code"  # 验证码
    ANSWER = "answer"  # 对来信的答复, and whatever has no kind of its own


class Facts(NamedTuple):
    """`parts`: values that the wording must contain; `mandatory`: missed, it stands on the console until somebody saw
    to it; `reminder`: carries no advertising."""

    parts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    mandatory: bool = False
    reminder: bool = False


FACTS: dict[Kind, Facts] = {
    Kind.CONFIRMATION: Facts(("shown", "answer"), mandatory=True, reminder=True),
    Kind.SUCCESS: Facts(("what", "price", "starts", "term", "penalty", "leave"), mandatory=True, reminder=True),
    Kind.FAILURE: Facts(("what", "why"), ("mend",), mandatory=True, reminder=True),
    Kind.RENEWAL: Facts(("what", "price", "on", "leave"), ("term",), mandatory=True, reminder=True),
    Kind.USE: Facts(("what", "used", "beyond"), ("left",), mandatory=True, reminder=True),
    Kind.CAP: Facts(("cap", "effect", "mend"), ("used",), mandatory=True, reminder=True),
    Kind.BILL: Facts(("month", "amount", "where"), ("usual",), mandatory=True, reminder=True),
    Kind.RESTRICTION: Facts(("measure", "reason", "remedy", "materials", "appeal"), mandatory=True, reminder=True),
    Kind.REPORT_ANSWER: Facts(("report", "outcome", "further"), mandatory=True, reminder=True),
    Kind.CONSENT_REQUEST: Facts(("sender", "matter", "frequency", "term", "yes")),
    Kind.COMMERCIAL: Facts(("sender", "body", "leave")),
    Kind.CODE: Facts(),
    Kind.ANSWER: Facts(),
}

MANDATORY = tuple(kind.value for kind, facts in FACTS.items() if facts.mandatory)
