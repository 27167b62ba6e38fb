"""What others may know of detection: findings, pictures of one number, rule sets and their shadow runs, holders."""

from mingbai.detection.queries.campaigns import CAMPAIGN_LONGEST, CampaignView, campaign, campaigns
from mingbai.detection.queries.findings import Wanted, beside, counts, finding, findings, of_case, rules_found
from mingbai.detection.queries.holders import day_runs, holders, holders_day
from mingbai.detection.queries.pictures import pictures
from mingbai.detection.queries.rule_sets import hits, in_force, rule_set, rule_sets, settable, shadow_run
from mingbai.detection.queries.views import (
    Back,
    Bin,
    Changed,
    CitedCall,
    DayView,
    FindingRow,
    FindingView,
    Hit,
    HolderSpot,
    OpenedCase,
    Pictures,
    Quality,
    Reason,
    RuleSetView,
    ShadowView,
    Term,
    mark,
)

__all__ = [
    "CAMPAIGN_LONGEST", "Back", "Bin", "CampaignView", "Changed", "CitedCall", "DayView", "FindingRow", "FindingView",
    "Hit", "HolderSpot", "OpenedCase", "Pictures", "Quality", "Reason", "RuleSetView", "ShadowView", "Term", "Wanted",
    "beside", "campaign", "campaigns", "counts", "day_runs", "finding", "findings", "hits", "holders", "holders_day",
    "in_force", "mark", "of_case", "pictures", "rule_set", "rule_sets", "rules_found", "settable", "shadow_run",
]  # fmt: skip
