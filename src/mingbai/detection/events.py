"""What the ledger says of detection. No entry holds a number or a pseudonym: findings are named by id and by hash.

`account` is a staff account's id, 0 the house; `rules` the rule set's id, 0 the profile's own.
"""

from __future__ import annotations

from mingbai.ledger import events

RECORDED = "detection.recorded"
CASED = "detection.cased"
DISMISSED = "detection.dismissed"
PROPOSED = "detection.rules_proposed"
SHADOW_ASKED = "detection.shadow_asked"
SHADOWED = "detection.rules_shadowed"
LIVE = "detection.rules_live"
DROPPED = "detection.rules_dropped"
DAY_DONE = "detection.day_done"


def register() -> None:
    """Give each kind its wording."""
    events.register(
        RECORDED,
        zh="从通话记录发现线索 {findings} 条（规则版本 {rules}）",
        en="{findings} findings in call records, by rules {rules}",
    )
    events.register(CASED, zh="线索 {finding} 立案或并案", en="The finding {finding} became a case")
    events.register(DISMISSED, zh="线索 {finding} 不予立案", en="The finding {finding} was dismissed")
    events.register(PROPOSED, zh="提出规则版本 {rules}", en="The rule set {rules} was proposed")
    events.register(
        SHADOW_ASKED,
        zh="规则版本 {rules} 试运行：{first} 至 {last}",
        en="A shadow run of rule set {rules} over {first} to {last} was asked for",
    )
    events.register(
        SHADOWED,
        zh="规则版本 {rules} 试运行完成：新命中 {new}，不再命中 {gone}",
        en="The rule set {rules} ran in shadow: {new} newly hit, {gone} no more",
    )
    events.register(
        LIVE, zh="规则版本 {rules} 经第二人同意后启用", en="A second person let the rule set {rules} go live"
    )
    events.register(DROPPED, zh="规则版本 {rules} 已放弃", en="The rule set {rules} was dropped")
    events.register(
        DAY_DONE,
        zh="{day} 全天通话记录检测完成：线索 {findings} 条",
        en="The calls of {day} were gone through: {findings} findings",
    )
