"""Lines of institutions: many calls to people who do not know the number and still want the call."""

from __future__ import annotations

from mingbai.town.records.style import Style

FIXED = (("fixed", 1.0),)

HOSPITAL = Style(
    "hospital", 160, sort="hospital", numbers=(("fixed", 0.85), ("toll", 0.15)), registered=0.85,
    declared="health", use="service", holder=(2, 8), rate=(25, 350), busy=(0.7, 0.98), hours=(7, 10),
    pool=(300, 3000), loyal=(0.1, 0.4), stale=(0.003, 0.025), inbound=(0.05, 0.3), redial=(0.2, 0.5),
    answer=(-0.1, 0.9), talk=(22, 65), short=(0.05, 0.2), returned=(0.1, 0.35),
)  # fmt: skip
SCHOOL = Style(
    "school", 220, sort="school", numbers=FIXED, registered=0.75, declared="education", use="service", holder=(1, 3),
    rate=(15, 120), busy=(0.3, 0.8), quiet=3.0, hours=(2, 9), pool=(80, 600), loyal=(0.5, 0.9), inbound=(0.08, 0.3),
    redial=(0.3, 0.7), answer=(0.2, 1.4), talk=(30, 90), short=(0.03, 0.15), returned=(0.15, 0.45),
)  # fmt: skip
TEACHER = Style(
    "teacher", 500, sort="school", numbers=(("person", 1.0),), rate=(15, 50), busy=(0.15, 0.4), quiet=2.0,
    begins=(16, 18.5), hours=(1.5, 3.5), pool=(30, 60), loyal=(0.9, 0.98), inbound=(0.1, 0.35), redial=(0.4, 0.8),
    answer=(0.6, 1.8), talk=(50, 150), short=(0.02, 0.1), returned=(0.25, 0.6),
)  # fmt: skip
SERVICE = Style(
    "service", 110, sort="service line", numbers=(("firm", 0.6), ("toll", 0.3), ("fixed", 0.1)), registered=0.96,
    declared="bank", use="service", holder=(1, 4), rate=(150, 2500), busy=(0.9, 0.99), hours=(9, 12),
    stale=(0.003, 0.02), inbound=(0.1, 0.5), redial=(0.1, 0.4), answer=(-0.5, 0.5), talk=(30, 100), short=(0.08, 0.25),
    returned=(0.04, 0.2), refused=(0.0005, 0.004), refusers=(500, 3000),
)  # fmt: skip
NOTIFICATION = Style(
    "notification", 130, sort="notification line", numbers=(("firm", 0.5), ("toll", 0.2), ("fixed", 0.3)),
    registered=0.97, use="notification", holder=(1, 4), rate=(150, 3000), busy=(0.7, 0.99), hours=(4, 11), steady=0.6,
    pool=(500, 4000), loyal=(0.05, 0.3), stale=(0.003, 0.025), redial=(0.2, 0.6), answer=(-0.8, 0.6), message=(9, 28),
    short=(0.1, 0.4), returned=(0.006, 0.08), refused=(0.0005, 0.005), refusers=(500, 3000),
)  # fmt: skip
HEALTH_CENTRE = Style(  # a campaign: nothing for days, then everybody on the list on one
    "health_centre", 140, sort="public interest", numbers=FIXED, registered=0.6, declared="government",
    use="service", rate=(70, 350), busy=(0.08, 0.2), quiet=4.0, hours=(3, 9), pool=(300, 2000), loyal=(0.02, 0.2),
    stale=(0.005, 0.04), inbound=(0.01, 0.06), redial=(0.15, 0.5), answer=(-0.1, 0.9), talk=(26, 70), short=(0.06, 0.2),
    returned=(0.08, 0.28),
)  # fmt: skip
SURVEY = Style(
    "survey", 110, sort="survey line", numbers=(("fixed", 0.6), ("centre", 0.4)), registered=0.97, use="survey",
    holder=(1, 5), rate=(100, 600), busy=(0.4, 0.9), hours=(6, 10), stale=(0.005, 0.05), redial=(0.2, 0.6),
    answer=(-1.0, 0.3), talk=(28, 140), short=(0.15, 0.42), returned=(0.012, 0.09), refusal=0.05,
)  # fmt: skip
POLL = Style(
    "poll", 60, sort="polling line", numbers=(("centre", 0.5), ("fixed", 0.5)), registered=0.97, use="survey",
    holder=(2, 8), rate=(150, 900), busy=(0.3, 0.7), hours=(6, 11), stale=(0.01, 0.08), redial=(0.3, 0.7),
    answer=(-1.2, 0.1), talk=(30, 200), short=(0.2, 0.45), returned=(0.01, 0.07), refusal=0.06,
)  # fmt: skip
COLLECTION = Style(  # lawful collection by a bank: the same few people again and again
    "collection", 80, sort="collection line", numbers=(("firm", 0.6), ("fixed", 0.4)), registered=0.95,
    use="collection", holder=(1, 4), rate=(60, 300), pool=(80, 400), loyal=(0.8, 0.97), redial=(0.2, 0.5),
    answer=(-0.9, 0.0), talk=(25, 90), short=(0.12, 0.35), returned=(0.04, 0.2), inbound=(0.02, 0.1),
)  # fmt: skip
OFFICE = Style(  # a firm's exchange: everybody in the house calls out with one number
    "office", 300, sort="office exchange", numbers=FIXED, registered=0.5, use="service", rate=(25, 160),
    busy=(0.65, 0.8), pool=(80, 500), loyal=(0.3, 0.7), inbound=(0.05, 0.3), redial=(0.15, 0.5), answer=(-0.1, 1.0),
    talk=(45, 120), short=(0.04, 0.15), returned=(0.1, 0.35),
)  # fmt: skip

STYLES = (
    HOSPITAL, SCHOOL, TEACHER, SERVICE, NOTIFICATION, HEALTH_CENTRE, SURVEY, POLL, COLLECTION, OFFICE,
)  # fmt: skip
