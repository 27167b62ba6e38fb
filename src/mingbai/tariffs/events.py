"""What the ledger says of tariffs. Nothing in it is private: it is what the disclosure zone shows, and who did it."""

from __future__ import annotations

from mingbai.ledger import events

DRAFTED = "tariffs.drafted"
SUBMITTED = "tariffs.submitted"
RETURNED = "tariffs.returned"
ANSWERED = "tariffs.answered"
PUBLISHED = "tariffs.published"
REPLACED = "tariffs.replaced"
WITHDRAWN = "tariffs.withdrawn"
DISCARDED = "tariffs.discarded"


def register() -> None:
    """Give each kind its wording."""
    events.register(
        DRAFTED,
        zh="资费方案 {code} 第 {version} 版草稿，内容摘要 {sha256}",
        en="Tariff {code} version {version} drafted, content hash {sha256}",
    )
    events.register(
        SUBMITTED,
        zh="资费方案 {code} 第 {version} 版提交复核",
        en="Tariff {code} version {version} sent to review",
    )
    events.register(
        RETURNED,
        zh="资费方案 {code} 第 {version} 版退回：{reason}",
        en="Tariff {code} version {version} returned: {reason}",
    )
    events.register(
        ANSWERED,
        zh="资费方案 {code} 第 {version} 版疑问（{rule}）的答复：{answer}",
        en="Question on tariff {code} version {version} ({rule}) answered: {answer}",
    )
    events.register(
        PUBLISHED,
        zh="资费方案 {code} 第 {version} 版公示，内容摘要 {sha256}",
        en="Tariff {code} version {version} published, content hash {sha256}",
    )
    events.register(
        REPLACED,
        zh="资费方案 {code} 第 {version} 版由第 {by} 版替换",
        en="Tariff {code} version {version} replaced by version {by}",
    )
    events.register(
        WITHDRAWN,
        zh="资费方案 {code} 撤下：{reason}",
        en="Tariff {code} withdrawn: {reason}",
    )
    events.register(
        DISCARDED,
        zh="资费方案 {code} 第 {version} 版草稿作废",
        en="Draft of tariff {code} version {version} discarded",
    )
