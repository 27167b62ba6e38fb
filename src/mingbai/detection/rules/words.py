"""What a rule found and what counts against it, as sentences in both languages. Pure: faces format and style them.

In braces stand the measures that a finding's reason holds; `said` fills them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

Both = Mapping[str, str]

REASONS: Final[Mapping[str, Both]] = {
    "high_frequency": {
        "zh": "60 分钟内最多时呼出 {per_hour} 次。频次高只是线索，不能单独定性。",
        "en": "{per_hour} calls in its busiest 60 minutes. High frequency alone is a suspicion, never a finding.",
    },
    "mass": {
        "zh": "平均每天呼叫 {per_day} 个不同的人，共 {callees} 人；{unwelcome_percent}% 的呼叫无人接听或接通即挂，"
        "只有 {returned_percent}% 的人回拨，{known_percent}% 的呼叫是打给曾来电的人；"
        "每 100 次呼叫涉及 {spread_percent} 人。",
        "en": "Called {per_day} different people a day, {callees} in all; {unwelcome_percent}% of the calls were not "
        "answered or were cut short, {returned_percent}% of the people called back, {known_percent}% of the calls went "
        "to people who had called before; {spread_percent} people for each 100 calls.",
    },
    "slow": {
        "zh": "{days} 天里呼叫了 {callees} 个不同的人，每天不多，但 {unwelcome_percent}% 的呼叫无人接听或接通即挂，"
        "只有 {returned_percent}% 的人回拨，{known_percent}% 的呼叫是打给曾来电的人；"
        "每 100 次呼叫涉及 {spread_percent} 人。",
        "en": "Called {callees} different people on {days} days, few a day; {unwelcome_percent}% of the calls were not "
        "answered or were cut short, {returned_percent}% of the people called back, {known_percent}% of the calls went "
        "to people who had called before; {spread_percent} people for each 100 calls.",
    },
    "after_refusal": {
        "zh": "{refusers} 人明确拒绝后仍接到来电，占所呼叫的人的 {refused_percent}%。",
        "en": "{refusers} people were called after they had refused, {refused_percent}% of those called.",
    },
    "hopping": {
        "zh": "{hopped} 人拒绝后，又被同一使用主体换号呼叫，占拒绝后仍被呼叫者的 {hopped_percent}%。",
        "en": "{hopped} people were called from two or more numbers of one holder after they had refused, "
        "{hopped_percent}% of those called in spite of it.",
    },
    "part_of_hopping": {
        "zh": "所属使用主体轮换号码呼叫已拒绝的人，其中 {hopped} 人由本号码呼叫。",
        "en": "Its holder calls people who refused from one number after another; this number called {hopped} of them.",
    },
    "rotation": {
        "zh": "{shared} 人被同一使用主体的多个号码呼叫，占被再次呼叫者的 {shared_percent}%，共用 {numbers} 个号码；"
        "其中 {refusing} 人曾拒绝该主体；综合得分 {score}。",
        "en": "{shared} people were called from two or more of its {numbers} numbers, {shared_percent}% of those "
        "called again; {refusing} of the people called have refused it; all evidence together scores {score}.",
    },
    "part_of_rotation": {
        "zh": "所属使用主体轮换号码呼叫，本号码呼叫 {callees} 人。",
        "en": "Its holder calls people from one number after another; this number called {callees} of them.",
    },
    "one_ring": {
        "zh": "呼叫 {callees} 人，{one_ring_percent}% 的呼叫响一声即挂断；每 100 次呼叫涉及 {spread_percent} 人。",
        "en": "Called {callees} people; {one_ring_percent}% of the calls rang once and were given up; 100 calls went "
        "to {spread_percent} people.",
    },
    "bombing": {
        "zh": "60 分钟内呼叫同一人 {to_one_per_hour} 次，{unwelcome_percent}% 未接或接通即断；"
        "每 100 次呼叫只涉及 {spread_percent} 人。",
        "en": "Called one person {to_one_per_hour} times within 60 minutes; {unwelcome_percent}% of its calls were not "
        "answered or cut short, and 100 of them went to {spread_percent} people.",
    },
    "burst_part": {
        "zh": "{burst} 次呼叫打给了当时正被密集来电轰炸的人，占其呼叫的 {burst_percent}%。",
        "en": "{burst} calls went to people who were being bombed with calls just then, {burst_percent}% of its calls.",
    },
    "unallocated": {
        "zh": "该号码从未分配，却呼出 {unallocated} 次，呼叫 {callees} 人；"
        "{returned_percent}% 的人回拨，{known_percent}% 的呼叫是打给曾来电的人。",
        "en": "This number was never allocated, and called {callees} people in {unallocated} calls; "
        "{returned_percent}% of them called back, {known_percent}% of the calls went to people who had called before.",
    },
    "foreign_trunk": {
        "zh": "本网号码从外网中继呼入 {foreign} 次，呼叫 {callees} 人，"
        "其中只有 {known_percent}% 的呼叫是打给曾来电的人。",
        "en": "One of our own numbers came in on foreign trunks {foreign} times and called {callees} people; "
        "{known_percent}% of the calls went to people who had called before.",
    },
    "spoofing_trunk": {
        "zh": "该中继送来 {spoofed} 次主叫号码不真实的呼叫，占 {spoofed_percent}%。",
        "en": "{spoofed} calls whose caller ID cannot be genuine came over this trunk, {spoofed_percent}% of all.",
    },
    "neighbour": {
        "zh": "呼叫 {callees} 人，{near_percent}% 的呼叫打给与自己同号段的人；"
        "{returned_percent}% 的人回拨，{known_percent}% 的呼叫是打给曾来电的人。",
        "en": "Called {callees} people; {near_percent}% of the calls went to numbers like its own, {returned_percent}% "
        "of the people called back, {known_percent}% of the calls went to people who had called before.",
    },
    "silent": {
        "zh": "接通 {answered} 次，{short_percent}% 接通即断，平均通话 {mean_s} 秒。",
        "en": "Answered {answered} times; {short_percent}% were cut short, talk lasted {mean_s} seconds on average.",
    },
    "robot": {
        "zh": "接通 {answered} 次，通话时长几乎一样（离散度 {talk_spread_percent}%），像机器播放；"
        "{returned_percent}% 的人回拨。",
        "en": "Answered {answered} times for almost the same time each (spread {talk_spread_percent}%), as a machine "
        "does; {returned_percent}% of the people called back.",
    },
    "dead_numbers": {
        "zh": "呼叫 {callees} 个号码，{unused_percent}% 的呼叫打到空号，像逐号试拨。",
        "en": "Called {callees} numbers; {unused_percent}% of the calls went to numbers that nobody has, as when "
        "numbers are tried one after another.",
    },
    "fresh": {
        "zh": "启用 {age_days} 天，平均每天呼叫 {per_day} 个不同的人。这只是线索。",
        "en": "In use for {age_days} days, calling {per_day} different people a day. This is a suspicion only.",
    },
    "bombed": {
        "zh": "60 分钟内接到 {per_hour} 次来电，来自 {callers} 个号码，"
        "{unwelcome_percent}% 未接或接通即断，疑似被“呼死你”。",
        "en": "Called {per_hour} times within 60 minutes by {callers} numbers, {unwelcome_percent}% not answered or "
        "cut short: bombed with calls.",
    },
    "score": {
        "zh": "综合各项证据，得分 {score}。",
        "en": "All evidence taken together, the score is {score}.",
    },
}  # fmt: skip
"""By code of the rule."""

AGAINST: Final[Mapping[str, Both]] = {
    "registered_hospital": {"zh": "登记为医疗机构号码", "en": "registered as a hospital's number"},
    "registered_courier": {"zh": "登记为快递配送号码", "en": "registered as a courier's number"},
    "registered_taxi": {"zh": "登记为出租车、网约车号码", "en": "registered as a taxi's number"},
    "registered_school": {"zh": "登记为学校号码", "en": "registered as a school's number"},
    "registered_service_line": {"zh": "登记为客服热线", "en": "registered as a service line"},
    "registered_public_interest": {"zh": "登记为公益、政务号码", "en": "registered for the public interest"},
    "registered_notification": {"zh": "登记用途为通知", "en": "registered for notifications"},
    "registered_declared": {"zh": "已登记用途，且不是营销", "en": "registered for something other than marketing"},
    "own_trunk": {
        "zh": "部分呼叫来自本网中继，可能被他人冒用号码",
        "en": "part of its calls come over its own trunk: somebody else may be showing this number",
    },
    "called_back": {"zh": "许多人会回拨", "en": "many people call it back"},
    "known_before": {"zh": "多打给曾来电的人", "en": "mostly calls people who had called it before"},
    "sought": {"zh": "许多人主动打来", "en": "many people call it first"},
    "consented": {"zh": "多数被叫已同意接听", "en": "most of the people called had agreed to it"},
}
"""By code of what counts against a finding."""


def said(code: str, values: Iterable[Mapping[str, object]], language: str) -> str:
    """The sentence of a reason, its values filled in: whole numbers, or one decimal below ten. `language`: zh or en."""
    filled = {str(one["name"]): _figure(one["value"]) for one in values}
    return REASONS[code][language].format_map(filled)


def _figure(value: object) -> str:
    number = float(str(value))
    return f"{number:.1f}".removesuffix(".0") if abs(number) < 10 else f"{number:,.0f}"
