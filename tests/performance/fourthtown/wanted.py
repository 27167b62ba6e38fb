"""Styles of those who call much and are wanted, or lawful: what is easily mistaken for nuisance."""

from __future__ import annotations

from .styles import Style

_MOBILE = {"own": 0.62, "rival": 0.38}
_OFFICE = {"corp": 0.45, "fixed": 0.35, "own": 0.15, "rival": 0.05}
_DESK = {"f95": 0.35, "f400": 0.2, "corp": 0.25, "fixed": 0.2}

WANTED = (
    Style(
        "courier", False, 300, _MOBILE, rate=75, weekend=0.8, hours=("rounds",), fresh=0.6, circle=140, grouped=0.85,
        again=0.35, follow=0.06, appeal=0.8, curt=0.2, talk=17, tight=0.65, patience=24, back=0.3, later=0.08,
        inbound=0.09, picks=0.8, private=0.75, listed=((0.22, "courier", "service"),), objects=0.0014, heed=0.6,
    ),
    Style(
        "meal_rider", False, 150, _MOBILE, rate=48, weekend=0.9, hours=("meals",), fresh=0.9, circle=30, grouped=0.6,
        again=0.45, follow=0.08, appeal=0.9, curt=0.22, talk=13, tight=0.6, patience=22, back=0.25, later=0.06,
        inbound=0.06, picks=0.75, private=0.8, listed=((0.08, "courier", "service"),), objects=0.0014, heed=0.6,
    ),
    Style(
        "ride_driver", False, 120, _MOBILE, rate=22, weekend=0.9, hours=("wheels",), fresh=0.92, circle=12,
        again=0.3, follow=0.15, appeal=1.0, curt=0.12, talk=18, tight=0.6, patience=28, back=0.35, later=0.2,
        inbound=0.3, picks=0.85, private=0.8, listed=((0.12, "taxi", "service"),), objects=0.0014, heed=0.6,
    ),
    Style(  # numbers that stand in for drivers, riders and their customers, now for these, now for those
        "relay_number", False, 70, {"virtual": 0.5, "corp": 0.25, "own": 0.25}, pool=(10, 25), turn="thin", rate=60,
        weekend=0.9, hours=("wheels", "meals", "rounds"), fresh=0.95, again=0.35, follow=0.1, appeal=0.7, curt=0.14,
        talk=16, tight=0.6, back=0.3, later=0.12, inbound=0.25, picks=0.8, objects=0.001, heed=0.7,
        listed=((0.35, "taxi", "service"), (0.35, "courier", "service")),
    ),
    Style(
        "service_line", False, 65, _DESK, pool=(1, 8), turn="thin", rate=85, hours=("office", "shop"), fresh=0.3,
        circle=400, warm=0.75, again=0.25, follow=0.08, appeal=0.2, curt=0.16, talk=55, back=0.22, later=0.06,
        inbound=0.6, picks=0.92, objects=0.0015, past=0.8, heed=0.9,
        listed=((0.6, "service_line", "service"), (0.12, "none", "service"), (0.08, "service_line", "notification")),
    ),
    Style(
        "hospital_desk", False, 34, _OFFICE, rate=45, weekend=0.5, hours=("office", "shop"), fresh=0.3, circle=200,
        again=0.45, follow=0.1, appeal=0.5, curt=0.07, talk=50, back=0.4, later=0.1, inbound=0.7, picks=0.75,
        objects=0.0006, heed=0.7, listed=((0.55, "hospital", "service"), (0.1, "hospital", "notification")),
    ),
    Style(  # how are you after the operation
        "hospital_follow_up", False, 20, _OFFICE, rate=55, weekend=0.15, hours=("office",), fresh=0.8, circle=60,
        again=0.35, follow=0.05, appeal=0.2, curt=0.16, talk=75, tight=0.7, back=0.22, later=0.03, inbound=0.06,
        picks=0.5, objects=0.001, heed=0.8, listed=((0.45, "hospital", "service"),),
    ),
    Style(  # did you make this payment
        "bank_alert", False, 18, {"f95": 0.7, "f400": 0.1, "fixed": 0.2}, rate=90, weekend=0.95, hours=("always",),
        fresh=0.85, circle=60, again=0.6, follow=0.08, appeal=0.2, curt=0.16, talk=45, tight=0.6, back=0.24,
        later=0.1, inbound=0.3, picks=0.9, objects=0.001, past=0.6, heed=0.6, steady=0.4,
        listed=((0.45, "service_line", "service"), (0.3, "service_line", "notification")),
    ),
    Style(  # a voice that says the water is off, the parcel waits, the bill is due
        "notice_voice", False, 40, {"f95": 0.3, "corp": 0.3, "fixed": 0.25, "virtual": 0.15}, pool=(1, 4), rate=170,
        days=0.7, weekend=0.6, hours=("shop", "office", "rounds"), fresh=0.75, circle=250, grouped=0.4, again=0.3,
        follow=0.04, appeal=0.15, curt=0.3, talk=17, tight=0.4, patience=24, back=0.16, later=0.02, inbound=0.05,
        picks=0.15, stale=0.02, objects=0.001, past=0.4, heed=0.7, steady=0.9, turn="thin",
        listed=((0.55, "none", "notification"), (0.3, "service_line", "notification")),
    ),
    Style(
        "school_notice", False, 20, _OFFICE, rate=60, days=0.45, weekend=0.2, hours=("office", "evening"), fresh=0.03,
        circle=260, grouped=0.9, again=0.4, curt=0.04, talk=42, back=0.45, later=0.06, inbound=0.15, picks=0.7,
        objects=0.0005, heed=0.7, listed=((0.4, "school", "notification"), (0.15, "school", "service")),
    ),
    Style(
        "teacher", False, 65, _MOBILE, rate=11, weekend=0.4, hours=("evening", "office"), fresh=0.05, circle=50,
        grouped=0.9, again=0.4, follow=0.2, curt=0.03, talk=110, back=0.55, later=0.12, inbound=0.6, picks=0.75,
        private=1.0, objects=0.0004, heed=0.8,
    ),
    Style(
        "survey", False, 14, {"f95": 0.2, "fixed": 0.4, "corp": 0.25, "virtual": 0.15}, pool=(1, 5), rate=120,
        weekend=0.6, hours=("sales", "evening"), fresh=0.97, again=0.35, follow=0.02, curt=0.36, talk=130, tight=0.8,
        back=0.1, later=0.008, inbound=0.02, picks=0.6, stale=0.06, near=0.05, objects=0.003, past=1.5, heed=0.95,
        listed=((0.65, "public_interest", "survey"), (0.35, "none", "survey")), steady=0.4, turn="thin",
    ),
    Style(  # calls debtors themselves, at lawful hours
        "lawful_collection", False, 30, {"f95": 0.25, "corp": 0.35, "fixed": 0.25, "own": 0.15}, pool=(2, 8),
        turn="thin", rate=70, fresh=0.06, circle=160, warm=0.4, again=0.35, follow=0.15, appeal=-0.1, curt=0.25,
        talk=60, back=0.14, later=0.06, inbound=0.12, picks=0.8, objects=0.004, past=2, heed=0.94,
        listed=((0.65, "none", "collection"), (0.15, "none", "service")),
    ),
    Style(  # members who asked for it; each consent on file
        "consented_marketing", False, 45, {"f95": 0.25, "f400": 0.15, "corp": 0.35, "fixed": 0.25}, pool=(1, 6),
        rate=85, fresh=0.25, circle=500, warm=0.55, again=0.15, follow=0.05, appeal=0.1, curt=0.26, talk=50, back=0.15,
        later=0.04, inbound=0.12, picks=0.75, stale=0.02, objects=0.004, past=2, heed=0.96, consents=0.93, steady=0.3,
        listed=((1.0, "none", "marketing"),),
    ),
    Style(
        "agent_with_clients", False, 90, _MOBILE, rate=28, weekend=0.95, hours=("shop", "sales"), fresh=0.22,
        circle=60, again=0.3, follow=0.3, curt=0.09, talk=65, back=0.4, later=0.18, inbound=0.4, picks=0.85,
        private=0.7, objects=0.002, past=0.5, heed=0.9, listed=((0.08, "none", "service"),),
    ),
    Style(
        "recruiter", False, 45, {"own": 0.45, "rival": 0.25, "fixed": 0.15, "corp": 0.15}, rate=34, weekend=0.1,
        hours=("office",), fresh=0.65, circle=40, again=0.3, follow=0.14, appeal=0.5, curt=0.1, talk=85, tight=1.1,
        back=0.3, later=0.08, inbound=0.15, picks=0.75, private=0.4, objects=0.001, past=0.3, heed=0.92,
    ),
    Style(
        "event_organiser", False, 20, _MOBILE, rate=38, days=0.45, weekend=0.8, hours=("shop", "people"), fresh=0.3,
        circle=90, grouped=0.4, again=0.4, follow=0.2, appeal=0.5, curt=0.05, talk=48, back=0.45, later=0.18,
        inbound=0.4, picks=0.85, private=0.8, objects=0.0006, heed=0.9,
    ),
    Style(  # opened last week, tells the neighbourhood, and the neighbourhood calls
        "new_shop", False, 20, {"own": 0.5, "rival": 0.3, "fixed": 0.2}, rate=34, days=0.7, weekend=0.9,
        hours=("shop",), fresh=0.5, circle=80, grouped=0.8, again=0.2, follow=0.08, appeal=0.3, curt=0.14, talk=40,
        back=0.26, later=0.1, inbound=0.8, picks=0.85, private=0.5, objects=0.001, past=0.2, heed=0.95,
        age_days=20, brief=0.3, listed=((0.1, "none", "service"),),
    ),
    Style(  # a list once, for the blood bank, the census, the alumni
        "volunteer", False, 20, _MOBILE, rate=36, days=0.25, weekend=0.9, hours=("sales", "evening", "people"),
        fresh=0.8, circle=25, grouped=0.3, again=0.2, follow=0.03, appeal=0.2, curt=0.19, talk=52, back=0.22,
        later=0.05, inbound=0.05, picks=0.8, private=0.85, objects=0.001, past=0.05, heed=0.97,
    ),
    Style(  # lifts, freezers, door bells, old people's buttons: a machine calls the same few until one answers
        "alarm_line", False, 30, {"own": 0.6, "corp": 0.2, "rival": 0.2}, rate=6, days=0.6, weekend=0.95,
        hours=("always", "night"), fresh=0.01, circle=4, warm=0.8, again=0.85, follow=0.15, curt=0.3, talk=14,
        tight=0.4, patience=30, back=0.1, later=0.03, inbound=0.03, picks=0.1, objects=0.0004, heed=0.5, steady=0.3,
    ),
    Style(  # you had called 12345: your matter stands thus
        "hotline_back", False, 12, {"corp": 0.5, "fixed": 0.5}, pool=(1, 4), turn="thin", rate=60, weekend=0.5,
        hours=("office", "shop"), fresh=0.45, circle=200, again=0.5, follow=0.06, appeal=0.4, curt=0.08, talk=95,
        back=0.25, later=0.06, inbound=1.2, picks=0.9, objects=0.0014, heed=0.85,
        listed=((0.5, "public_interest", "service"), (0.2, "service_line", "service")),
    ),
    Style(
        "small_shop", False, 60, {"own": 0.5, "rival": 0.3, "fixed": 0.2}, rate=14, weekend=0.95, hours=("shop",),
        fresh=0.25, circle=60, grouped=0.6, again=0.3, appeal=0.5, curt=0.08, talk=35, back=0.4, later=0.12,
        inbound=1.5, picks=0.85, private=0.6, objects=0.0005,
    ),
    Style(  # weddings, funerals, reunions: the whole clan in two evenings
        "large_family", False, 40, _MOBILE, rate=30, days=0.4, weekend=0.9, hours=("people", "evening"), fresh=0.08,
        circle=90, grouped=0.3, again=0.45, follow=0.2, curt=0.03, talk=75, back=0.55, later=0.2, inbound=0.6,
        picks=0.85, private=1.0, objects=0.0003,
    ),
    Style(
        "foreman", False, 40, _MOBILE, rate=34, weekend=0.8, hours=("rounds", "people"), fresh=0.2, circle=70,
        again=0.4, follow=0.3, appeal=0.4, curt=0.05, talk=38, back=0.5, later=0.2, inbound=0.7, picks=0.8,
        private=1.0, objects=0.0004,
    ),
    Style(  # the policies it has sold: renewals, claims, birthdays
        "insurance_agent", False, 40, _MOBILE, rate=20, weekend=0.5, hours=("sales", "evening"), fresh=0.2, circle=110,
        warm=0.8, again=0.25, follow=0.15, curt=0.12, talk=80, back=0.34, later=0.1, inbound=0.2, picks=0.85,
        private=0.9, objects=0.002, past=0.6, heed=0.92, listed=((0.12, "none", "service"),),
    ),
    Style(
        "estate_office", False, 30, _OFFICE, rate=30, weekend=0.6, hours=("office", "shop"), fresh=0.06, circle=300,
        grouped=0.95, warm=0.75, again=0.35, follow=0.1, curt=0.1, talk=36, back=0.3, later=0.08, inbound=0.4,
        picks=0.8, objects=0.001, heed=0.6, listed=((0.3, "none", "service"), (0.1, "none", "notification")),
    ),
    Style(
        "driving_coach", False, 25, _MOBILE, rate=18, weekend=0.9, hours=("rounds", "people"), fresh=0.08, circle=45,
        again=0.4, follow=0.25, curt=0.05, talk=32, back=0.5, later=0.2, inbound=0.6, picks=0.7, private=0.9,
        objects=0.0005,
    ),
    Style(
        "repairman", False, 60, _MOBILE, rate=16, weekend=0.8, hours=("rounds",), fresh=0.75, circle=20, again=0.35,
        follow=0.25, appeal=0.9, curt=0.07, talk=34, back=0.42, later=0.2, inbound=0.4, picks=0.85, private=0.7,
        objects=0.0006, listed=((0.08, "service_line", "service"),),
    ),
    Style(
        "community_office", False, 25, _OFFICE, rate=38, weekend=0.2, hours=("office",), fresh=0.3, circle=200,
        grouped=0.95, again=0.35, appeal=0.4, curt=0.1, talk=50, back=0.3, later=0.06, inbound=0.3, picks=0.75,
        objects=0.0014, heed=0.7, listed=((0.4, "public_interest", "service"),),
    ),
)  # fmt: skip
