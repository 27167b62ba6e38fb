"""Styles of nuisance. What marks them, together: few call back, few talk, refusals change little, lists are cold."""

from __future__ import annotations

from .styles import Style

_ROOM = {"own": 0.3, "rival": 0.2, "virtual": 0.15, "fixed": 0.14, "corp": 0.1, "f95": 0.07, "f400": 0.04}
_SIMS = {"own": 0.55, "rival": 0.33, "virtual": 0.12}
_GATEWAY = {"virtual": 0.3, "f95": 0.15, "fixed": 0.2, "rival": 0.15, "own": 0.1, "corp": 0.1}

UNWANTED = (
    Style(  # loans, decoration, tutoring, stocks: seats in a room, each with a number
        "selling_room", True, 66, _ROOM, pool=(2, 10), rate=150, days=0.85, weekend=0.35, fresh=0.96, circle=25,
        again=0.12, follow=0.05, appeal=-0.15, curt=0.47, talk=36, patience=25, back=0.07, later=0.015, inbound=0.012,
        picks=0.35, stale=0.06, near=0.02, objects=0.008, past=2.2, heed=0.5, steady=0.3, age_days=160, brief=0.2,
        consents=0.05, listed=((0.25, "none", "marketing"), (0.06, "none", "service")),
    ),
    Style(  # one agent and one phone, a page of a list a day
        "slow_seller", True, 55, _SIMS, rate=24, fresh=0.86, circle=22, again=0.25, follow=0.12, curt=0.37, talk=50,
        back=0.14, later=0.04, inbound=0.06, picks=0.75, stale=0.05, objects=0.009, past=1, heed=0.42, private=0.25,
        weekend=0.5, age_days=350, listed=((0.08, "none", "marketing"),),
    ),
    Style(  # sells from the phone it lives with
        "sociable_seller", True, 28, {"own": 0.65, "rival": 0.35}, rate=20, fresh=0.88, circle=25, again=0.2,
        follow=0.1, curt=0.37, talk=48, back=0.14, later=0.04, inbound=0.05, picks=0.75, stale=0.06, objects=0.009,
        past=1, heed=0.4, private=1.0, weekend=0.45, hours=("sales", "evening", "office"),
    ),
    Style(  # a recorded or synthetic voice
        "robot_voice", True, 28, _GATEWAY, pool=(1, 6), rate=330, weekend=0.5, fresh=0.985, again=0.1, follow=0.02,
        appeal=-0.2, curt=0.58, talk=22, tight=0.4, patience=22, back=0.04, later=0.006, inbound=0.004, picks=0.05,
        stale=0.09, near=0.08, objects=0.008, past=2.8, heed=0.3, steady=0.9, age_days=90, brief=0.35,
        listed=((0.15, "none", "marketing"), (0.05, "none", "notification")),
    ),
    Style(  # registered for the service of customers, sells to strangers
        "sells_as_service", True, 24, {"f95": 0.3, "f400": 0.2, "corp": 0.3, "fixed": 0.2}, pool=(2, 6), rate=130,
        fresh=0.9, circle=80, again=0.15, follow=0.05, curt=0.48, talk=38, back=0.06, later=0.015, inbound=0.03,
        picks=0.5, stale=0.05, objects=0.01, past=2.8, heed=0.4, steady=0.4, age_days=300, turn="thin", consents=0.05,
        listed=((0.6, "service_line", "service"), (0.25, "none", "service"), (0.1, "none", "notification")),
    ),
    Style(  # the same again to those who said no
        "deaf_to_no", True, 24, _ROOM, pool=(1, 4), rate=65, fresh=0.93, circle=20, again=0.45, follow=0.18,
        curt=0.5, talk=34, back=0.06, later=0.015, inbound=0.015, picks=0.5, stale=0.04, objects=0.022, past=12,
        heed=0.1, age_days=250, consents=0.04, listed=((0.35, "none", "marketing"), (0.1, "none", "service")),
    ),
    Style(  # one firm, a pool of registered numbers, the refused number replaced by the next
        "hops_in_the_open", True, 48, _ROOM, pool=(4, 10), turn="thin", rate=60, fresh=0.96, again=0.3, follow=0.08,
        curt=0.5, talk=36, back=0.08, later=0.012, inbound=0.012, picks=0.3, stale=0.05, objects=0.016, past=2.8,
        heed=0.08, hopping=True, age_days=140, listed=((0.75, "none", "marketing"), (0.25, "none", "service")),
    ),
    Style(  # each number for half a day or until it is burnt
        "hops_by_day", True, 28, _ROOM, pool=(4, 9), turn="day", rate=110, fresh=0.97, again=0.2, follow=0.06,
        curt=0.52, talk=34, back=0.075, later=0.01, inbound=0.01, picks=0.25, stale=0.06, objects=0.014, past=2.8,
        heed=0.1, hopping=True, age_days=80, listed=((0.8, "none", "marketing"), (0.2, "none", "service")),
    ),
    Style(  # a box of SIM cards that nobody has registered for anything
        "sim_box", True, 26, _SIMS, pool=(4, 10), turn="day", rate=80, fresh=0.98, again=0.2, follow=0.04, curt=0.52,
        talk=32, back=0.08, later=0.01, inbound=0.006, picks=0.15, stale=0.07, near=0.03, objects=0.01, past=2,
        heed=0.15, steady=0.5,
    ),
    Style(  # 响一声: the bait is the missed call
        "one_ring", True, 22, {"abroad": 0.35, "virtual": 0.25, "rival": 0.2, "own": 0.2}, pool=(1, 4), rate=190,
        weekend=0.7, hours=("always", "night", "people"), fresh=0.995, again=0.06, follow=0.01, curt=0.8, talk=6,
        patience=2.6, back=0.09, later=0.01, inbound=0.0, picks=0.12, stale=0.08, near=0.15, objects=0.001, past=0.5,
        heed=0.3, steady=0.7, brief=0.5,
    ),
    Style(  # nobody is there: machines that dial more than their seats can take, or only try which numbers live
        "silent", True, 18, _GATEWAY, rate=170, fresh=0.99, again=0.12, follow=0.02, curt=0.88, talk=5, patience=14,
        back=0.05, later=0.015, inbound=0.002, picks=0.1, stale=0.14, near=0.2, objects=0.003, past=1.5, heed=0.3,
        steady=0.85, brief=0.35, hours=("sales", "office", "always"),
    ),
    Style(  # court, police, bank: a number that is shown and is nobody's
        "forged_office", True, 32, {"forged": 1.0}, rate=16, days=0.6, fresh=1.0, again=0.3, follow=0.12, appeal=0.1,
        curt=0.42, talk=70, tight=1.2, back=0.07, later=0.02, inbound=0.0, picks=0.0, stale=0.05, near=0.12,
        objects=0.004, heed=0.2, brief=0.5,
    ),
    Style(  # “customer service of your shop”: local SIM cards in a box, long talks with the few who believe it
        "impostor", True, 24, _SIMS, rate=32, days=0.65, fresh=0.985, again=0.25, follow=0.14, curt=0.4, talk=60,
        tight=1.3, back=0.1, later=0.025, inbound=0.005, picks=0.3, stale=0.06, objects=0.005, past=0.8, heed=0.2,
        pool=(1, 3), brief=0.45,
    ),
    Style(  # calls the contacts of debtors, over and over
        "shames_debtors", True, 24, {**_SIMS, "fixed": 0.1}, pool=(1, 4), rate=42, weekend=0.7, fresh=0.3, circle=26,
        warm=0.08, again=0.6, follow=0.4, curt=0.55, talk=30, back=0.05, later=0.02, inbound=0.01, picks=0.3,
        objects=0.03, past=2.8, heed=0.06, hours=("sales", "shop", "always"), listed=((0.12, "none", "collection"),),
    ),
)  # fmt: skip
