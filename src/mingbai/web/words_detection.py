"""Words and sentences of detection: what is found, by which rule, of what a score is made, where a rule set is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

KINDS: dict[str, Word] = {
    "number": pgettext_lazy("finding", "calling number"),
    "holder": pgettext_lazy("finding", "holder"),
    "trunk": pgettext_lazy("finding", "trunk"),
    "callee": pgettext_lazy("finding", "called person"),
}
STATES: dict[str, Word] = {
    "new": pgettext_lazy("finding", "to be looked at"),
    "cased": pgettext_lazy("finding", "became a case"),
    "dismissed": pgettext_lazy("finding", "dismissed"),
}
STATE_LOOKS: dict[str, Word] = {"new": "verify", "cased": "refuse", "dismissed": "none"}
VERDICTS: dict[str, Word] = {
    "finding": pgettext_lazy("detection", "finding"),
    "suspicion": pgettext_lazy("detection", "suspicion"),
}
VERDICT_LOOKS: dict[str, Word] = {"finding": "refuse", "suspicion": "label"}
FOUND: dict[str, Word] = {
    "hour": pgettext_lazy("finding", "while calls happened"),
    "day": pgettext_lazy("finding", "over the whole day"),
}

RULES: dict[str, Word] = {
    "high_frequency": pgettext_lazy("rule", "many calls in an hour"),
    "mass": pgettext_lazy("rule", "mass calling"),
    "slow": pgettext_lazy("rule", "slow mass calling"),
    "after_refusal": pgettext_lazy("rule", "calls after a refusal"),
    "hopping": pgettext_lazy("rule", "changes numbers after a refusal"),
    "one_ring": pgettext_lazy("rule", "rings once"),
    "bombing": pgettext_lazy("rule", "bombs one person with calls"),
    "bombed": pgettext_lazy("rule", "is being bombed with calls"),
    "burst_part": pgettext_lazy("rule", "has a part in a bombing"),
    "unallocated": pgettext_lazy("rule", "calls from a number nobody has"),
    "foreign_trunk": pgettext_lazy("rule", "our own number on a foreign trunk"),
    "spoofing_trunk": pgettext_lazy("rule", "trunk that carries forged numbers"),
    "neighbour": pgettext_lazy("rule", "looks like a neighbour's number"),
    "silent": pgettext_lazy("rule", "silent calls"),
    "robot": pgettext_lazy("rule", "the same recording to everybody"),
    "dead_numbers": pgettext_lazy("rule", "tries numbers one after another"),
    "fresh": pgettext_lazy("rule", "new number, many calls"),
    "part_of_hopping": pgettext_lazy("rule", "its holder changes numbers after a refusal"),
    "rotation": pgettext_lazy("rule", "unwanted, from one number after another"),
    "part_of_rotation": pgettext_lazy("rule", "its holder calls from one number after another"),
    "score": pgettext_lazy("rule", "score of all signs together"),
}

TERMS: dict[str, Word] = {
    "prior": pgettext_lazy("term", "where every number begins"),
    "reach": pgettext_lazy("term", "how many people it called"),
    "pace": pgettext_lazy("term", "people called a day"),
    "rate": pgettext_lazy("term", "most calls in any hour"),
    "spread": pgettext_lazy("term", "hardly anybody is called twice"),
    "once": pgettext_lazy("term", "nobody is called on another day"),
    "strangers": pgettext_lazy("term", "calls people who never called it"),
    "unreturned": pgettext_lazy("term", "nobody calls back"),
    "unanswered": pgettext_lazy("term", "nobody answers"),
    "short": pgettext_lazy("term", "people hang up at once"),
    "brief": pgettext_lazy("term", "no long talks"),
    "uniform": pgettext_lazy("term", "all talks are equally long"),
    "rejected": pgettext_lazy("term", "people decline the call"),
    "unused": pgettext_lazy("term", "calls numbers nobody has"),
    "one_ring": pgettext_lazy("term", "gives up after one ring"),
    "night": pgettext_lazy("term", "calls at night"),
    "near": pgettext_lazy("term", "its number looks like those called"),
    "sought": pgettext_lazy("term", "people call it of their own accord"),
    "consented": pgettext_lazy("term", "people had agreed to be called"),
    "refused": pgettext_lazy("term", "calls people who refused"),
    "refusing": pgettext_lazy("term", "people refuse it"),
    "hopped": pgettext_lazy("term", "calls them from another number"),
    "spoofed": pgettext_lazy("term", "its number is forged"),
    "bombing": pgettext_lazy("term", "many calls to one person"),
    "young": pgettext_lazy("term", "the number is new"),
    "registered": pgettext_lazy("term", "what the number is registered for"),
}

SETTINGS: dict[str, Word] = {
    **RULES,
    "short_s": pgettext_lazy("setting", "a talk is short below"),
    "long_s": pgettext_lazy("setting", "a talk is long from"),
    "one_ring_ms": pgettext_lazy("setting", "one ring is at most"),
    "near_digits": pgettext_lazy("setting", "a neighbour shares so many leading digits"),
    "burst_calls": pgettext_lazy("setting", "a person is being bombed from so many calls an hour"),
    "day_hours": pgettext_lazy("setting", "daytime"),
    "called_back": pgettext_lazy("setting", "counts against: so many people called back"),
    "known_before": pgettext_lazy("setting", "counts against: so many calls to people who had called before"),
    "sought": pgettext_lazy("setting", "counts against: so many people called first"),
    "consented": pgettext_lazy("setting", "counts against: so many people had agreed to be called"),
    "own_trunk": pgettext_lazy("setting", "counts against: so many calls over its own trunk"),
    "registered_points": pgettext_lazy("setting", "counts against: what the number is registered for"),
    "prior_points": pgettext_lazy("setting", "every number begins so far below nought"),
    "finding_points": pgettext_lazy("setting", "a finding from this score on"),
    "suspicion_points": pgettext_lazy("setting", "a suspicion from this score on"),
    "unheard_points": pgettext_lazy("setting", "a finding from this score on where nothing says how calls were taken"),
    "unwelcome_points": pgettext_lazy("setting", "so many points of it are about how calls were taken"),
    "shrink": pgettext_lazy("setting", "few calls say little: as if so many had been seen before"),
    "scales": pgettext_lazy("setting", "sizes at which they say nothing"),
    "centres": pgettext_lazy("setting", "shares at which they say nothing"),
    "weights_for": pgettext_lazy("setting", "what each sign weighs for a finding"),
    "weights_against": pgettext_lazy("setting", "what each sign weighs against one"),
    "campaign_numbers": pgettext_lazy("setting", "a campaign has at least so many numbers"),
    "campaign_likeness": pgettext_lazy("setting", "numbers of one campaign behave so alike"),
    "campaign_shared": pgettext_lazy("setting", "numbers of one campaign call so many of the same people"),
}
THRESHOLDS: dict[str, Word] = {
    **TERMS,
    "per_hour": pgettext_lazy("threshold", "calls in any 60 minutes"),
    "per_day": pgettext_lazy("threshold", "people called a day"),
    "days": pgettext_lazy("threshold", "days"),
    "callees": pgettext_lazy("threshold", "people called"),
    "callers": pgettext_lazy("threshold", "callers in any 60 minutes"),
    "calls": pgettext_lazy("threshold", "calls"),
    "people": pgettext_lazy("threshold", "people called after they refused"),
    "rotation.people": pgettext_lazy("threshold", "people called from several numbers"),
    "numbers": pgettext_lazy("threshold", "numbers"),
    "points": pgettext_lazy("threshold", "score"),
    "answered": pgettext_lazy("threshold", "answered calls"),
    "percent": pgettext_lazy("threshold", "share, at least %"),
    "unwelcome_percent": pgettext_lazy("threshold", "unanswered or short, at least %"),
    "returned_percent": pgettext_lazy("threshold", "called back, at most %"),
    "known_percent": pgettext_lazy("threshold", "to people who had called before, at most %"),
    "spread_percent": pgettext_lazy("threshold", "different people by calls, at least %"),
    "robot.spread_percent": pgettext_lazy("threshold", "talk differs by at most %"),
    "mean_s": pgettext_lazy("threshold", "seconds of talk on average, at most"),
    "fresh.days": pgettext_lazy("threshold", "days since it is in use, at most"),
    "hospital": pgettext_lazy("registered", "hospital"),
    "courier": pgettext_lazy("registered", "courier"),
    "taxi": pgettext_lazy("registered", "taxi or transport"),
    "school": pgettext_lazy("registered", "school"),
    "service_line": pgettext_lazy("registered", "service line"),
    "public_interest": pgettext_lazy("registered", "emergency or public interest"),
    "notification": pgettext_lazy("registered", "notifications"),
    "declared": pgettext_lazy("registered", "service, survey or collection"),
}
MEASURES: dict[str, Word] = {
    "calls": pgettext_lazy("measure", "calls"),
    "callees": pgettext_lazy("measure", "people called"),
    "callers": pgettext_lazy("measure", "callers in the busiest 60 minutes"),
    "days": pgettext_lazy("measure", "days on which it called"),
    "per_day": pgettext_lazy("measure", "people called a day"),
    "per_hour": pgettext_lazy("measure", "calls in the busiest 60 minutes"),
    "to_one_per_hour": pgettext_lazy("measure", "calls to one person in 60 minutes"),
    "answered": pgettext_lazy("measure", "answered calls"),
    "refusers": pgettext_lazy("measure", "people called after they refused"),
    "refusing": pgettext_lazy("measure", "people called who refused it"),
    "numbers": pgettext_lazy("measure", "numbers that called"),
    "shared": pgettext_lazy("measure", "people called from several numbers"),
    "shared_percent": pgettext_lazy("measure", "of those called again, from several numbers, %"),
    "hopped": pgettext_lazy("measure", "of these from several numbers"),
    "burst": pgettext_lazy("measure", "calls to people who were being bombed"),
    "unallocated": pgettext_lazy("measure", "calls from a number nobody has"),
    "foreign": pgettext_lazy("measure", "calls from a foreign trunk"),
    "spoofed": pgettext_lazy("measure", "calls with a forged number"),
    "mean_s": pgettext_lazy("measure", "seconds of talk on average"),
    "talk_spread_percent": pgettext_lazy("measure", "how much talk differs, %"),
    "age_days": pgettext_lazy("measure", "days since it is in use"),
    "score": pgettext_lazy("measure", "score"),
    "spread_percent": pgettext_lazy("measure", "different people by calls, %"),
    "unwelcome_percent": pgettext_lazy("measure", "unanswered or short, %"),
    "returned_percent": pgettext_lazy("measure", "people who called back, %"),
    "known_percent": pgettext_lazy("measure", "calls to people who had called before, %"),
    "refused_percent": pgettext_lazy("measure", "people called after they refused, %"),
    "hopped_percent": pgettext_lazy("measure", "people called from several numbers, %"),
    "one_ring_percent": pgettext_lazy("measure", "calls that rang once, %"),
    "burst_percent": pgettext_lazy("measure", "calls to people who were being bombed, %"),
    "spoofed_percent": pgettext_lazy("measure", "calls with a forged number, %"),
    "near_percent": pgettext_lazy("measure", "calls to numbers like its own, %"),
    "short_percent": pgettext_lazy("measure", "short talks, %"),
    "unused_percent": pgettext_lazy("measure", "calls to numbers nobody has, %"),
}
FIGURES: dict[str, Word] = {
    "calls": pgettext_lazy("figure", "calls"),
    "recorded": pgettext_lazy("figure", "calls whose end is known"),
    "answered": pgettext_lazy("figure", "answered"),
    "rung": pgettext_lazy("figure", "calls whose ringing is known"),
    "ring_ms": pgettext_lazy("figure", "ringing in all, ms"),
    "short": pgettext_lazy("figure", "short talks"),
    "long": pgettext_lazy("figure", "long talks"),
    "talk_ms": pgettext_lazy("figure", "talk in all, ms"),
    "talk_s2": pgettext_lazy("figure", "talk, sum of squared seconds"),
    "night": pgettext_lazy("figure", "at night"),
    "one_ring": pgettext_lazy("figure", "rang once"),
    "rejected": pgettext_lazy("figure", "declined"),
    "unused": pgettext_lazy("figure", "to numbers nobody has"),
    "near": pgettext_lazy("figure", "to numbers like its own"),
    "unallocated": pgettext_lazy("figure", "from a number nobody has"),
    "foreign": pgettext_lazy("figure", "our number on a foreign trunk"),
    "spoofed": pgettext_lazy("figure", "with a forged number"),
    "refused_by_gate": pgettext_lazy("figure", "refused by the gate"),
    "callees": pgettext_lazy("figure", "people called"),
    "returned": pgettext_lazy("figure", "people who called back"),
    "repeated": pgettext_lazy("figure", "people called on several days"),
    "again": pgettext_lazy("figure", "people called again"),
    "shared": pgettext_lazy("figure", "people called from several numbers"),
    "consented": pgettext_lazy("figure", "people who had agreed to be called"),
    "refusing": pgettext_lazy("figure", "people called who refused it"),
    "callers": pgettext_lazy("figure", "people who called it"),
    "first_in": pgettext_lazy("figure", "people who called it first"),
    "known": pgettext_lazy("figure", "to people who had called before"),
    "after_refusal": pgettext_lazy("figure", "after a refusal"),
    "refusers_called": pgettext_lazy("figure", "people called after they refused"),
    "hopped": pgettext_lazy("figure", "of these from several numbers"),
    "most_60min": pgettext_lazy("figure", "most in any 60 minutes"),
    "most_callers_60min": pgettext_lazy("figure", "most callers in any 60 minutes"),
    "most_to_one": pgettext_lazy("figure", "most to one person in 60 minutes"),
    "burst": pgettext_lazy("figure", "to people who were being bombed"),
    "days": pgettext_lazy("figure", "days on which it called"),
    "numbers": pgettext_lazy("figure", "numbers that called"),
    "age_days": pgettext_lazy("figure", "days since it is in use"),
}
UNITS: dict[str, Word] = {
    "seconds of talk": pgettext_lazy("unit", "seconds of talk"),
    "milliseconds of ringing": pgettext_lazy("unit", "milliseconds of ringing"),
    "leading digits in common": pgettext_lazy("unit", "leading digits"),
    "calls to one person in 60 minutes": pgettext_lazy("unit", "calls in 60 minutes"),
    "local time": pgettext_lazy("unit", "local time"),
    "per cent of the people called": pgettext_lazy("unit", "% of the people called"),
    "per cent of calls": pgettext_lazy("unit", "% of calls"),
    "per cent of a number's contacts": pgettext_lazy("unit", "% of a number's contacts"),
    "points": pgettext_lazy("unit", "points"),
    "observations": pgettext_lazy("unit", "observations"),
    "numbers": pgettext_lazy("unit", "numbers"),
    "per cent": "%",
    "per cent of the people whom the smaller one called": pgettext_lazy("unit", "% of the people called"),
}

SET_STATES: dict[str, Word] = {
    "draft": pgettext_lazy("rule set", "proposed, not tried yet"),
    "shadowed": pgettext_lazy("rule set", "tried, waits for a second person"),
    "live": pgettext_lazy("rule set", "in force"),
    "retired": pgettext_lazy("rule set", "no longer in force"),
    "dropped": pgettext_lazy("rule set", "dropped"),
}
SET_LOOKS: dict[str, Word] = {
    "draft": "none", "shadowed": "verify", "live": "pass", "retired": "none", "dropped": "none"
}  # fmt: skip
RUN_STATES: dict[str, Word] = {
    "waiting": pgettext_lazy("run", "waits for its turn"),
    "running": pgettext_lazy("run", "is running"),
    "done": pgettext_lazy("run", "done"),
    "failed": pgettext_lazy("run", "not done"),
}
RUN_LOOKS: dict[str, Word] = {"waiting": "none", "running": "verify", "done": "pass", "failed": "refuse"}
CHANGES: dict[str, Word] = {
    "new": pgettext_lazy("shadow", "newly hit"),
    "gone": pgettext_lazy("shadow", "no longer hit"),
    "same": pgettext_lazy("shadow", "hit by both"),
}
CHANGE_LOOKS: dict[str, Word] = {"new": "refuse", "gone": "pass", "same": "none"}
DECIDED: dict[str, Word] = {
    "guilty": pgettext_lazy("shadow", "found guilty"),
    "cleared": pgettext_lazy("shadow", "cleared"),
    "": pgettext_lazy("shadow", "not decided"),
}

LISTS: dict[str, dict[str, Word]] = {
    "finding_kind": KINDS,
    "finding_state": STATES,
    "finding_state_look": STATE_LOOKS,
    "finding_verdict": VERDICTS,
    "finding_verdict_look": VERDICT_LOOKS,
    "finding_found": FOUND,
    "detection_rule": RULES,
    "detection_term": TERMS,
    "detection_setting": SETTINGS,
    "detection_threshold": THRESHOLDS,
    "detection_measure": MEASURES,
    "detection_figure": FIGURES,
    "detection_unit": UNITS,
    "rule_set": SET_STATES,
    "rule_set_look": SET_LOOKS,
    "run_state": RUN_STATES,
    "run_look": RUN_LOOKS,
    "shadow_change": CHANGES,
    "shadow_look": CHANGE_LOOKS,
    "shadow_decided": DECIDED,
}

SENTENCES: dict[str, tuple[Word, Word]] = {
    "detection.no_finding": (_("There is no such finding."), ""),
    "detection.decided": (_("Somebody has decided on this finding already."), _("Load the page again.")),
    "detection.none_ticked": (_("No finding is ticked."), _("Tick those that you mean, on one page.")),
    "detection.no_caller": (
        _("This finding cites no calling number, so there is no number to open a case on."),
        _("Dismiss it, or open a case by hand."),
    ),
    "detection.words": (
        _("A reason is needed first."),
        _("Say in at least four characters why, and not at great length. It goes on record."),
    ),
    "detection.unknown_setting": (_("No rule has such a setting."), _("Load the form again.")),
    "detection.setting": (_("This value cannot be taken."), _("Write a number that the rule allows.")),
    "detection.no_change": (
        _("These are the thresholds that are in force."),
        _("Change at least one of them, then propose."),
    ),
    "detection.days": (
        _("A shadow run goes over past days, at most 92 of them."),
        _("Choose a first and a last day before today."),
    ),
    "detection.no_rule_set": (_("There is no such rule set."), ""),
    "detection.rule_set_state": (
        _("The rule set is no longer where this could be done."), _("Load the page again."),
    ),
    "detection.runs": (_("A shadow run of this rule set is under way."), _("Wait for it to end.")),
    "detection.same_person": (
        _("Whoever proposed a rule set does not let it go live."), _("Ask a colleague."),
    ),
    "detection.stale_shadow": (
        _("Other rules are in force than those that the shadow run was compared with."),
        _("Run it in shadow again."),
    ),
    "detection.stale_days": (
        _("Call records of these days were imported after the shadow run."), _("Run it in shadow again."),
    ),
    "calls.no_reason": (
        _("A number is opened for a reason."), _("Say in at least four characters why. It goes on record."),
    ),
    "calls.no_pseudonym": (
        _("The number behind this pseudonym cannot be opened."),
        _("It may be of another quarter, or damaged; the other findings are not touched."),
    ),
}  # fmt: skip
