"""What the ledger says of messages. Sealed under the subscriber's key; no entry holds a text or a number.

`message` and `again` are ids of messages, `account` a staff account's id, `principal` a firm's.
"""

from __future__ import annotations

from mingbai.ledger import events

AGAIN = "notices.sent_again"
SEEN_TO = "notices.seen_to"
ASKED = "notices.consent_asked"
AGREED = "notices.consent_given"


def register() -> None:
    """Give each kind its wording."""
    events.register(
        AGAIN,
        zh="未送达的告知（{kind}）已重发，理由：{reason}",
        en="A message that did not arrive ({kind}) was sent again; reason: {reason}",
    )
    events.register(
        SEEN_TO,
        zh="未送达的告知（{kind}）已另行处理：{reason}",
        en="A message that did not arrive ({kind}) was seen to otherwise: {reason}",
    )
    events.register(
        ASKED,
        zh="企业 {principal} 征询是否同意发送“{matter}”类商业短信，{frequency}，{days} 天",
        en="Firm {principal} asked to send advertising about “{matter}” by SMS, {frequency}, for {days} days",
    )
    events.register(
        AGREED,
        zh="同意企业 {principal} 发送商业短信，至 {until}",
        en="Advertising by SMS of firm {principal} was agreed to, until {until}",
    )
