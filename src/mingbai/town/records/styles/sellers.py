"""Those who sell lawfully and whoever talks much: near to telemarketing in one habit or the other, never in all."""

from __future__ import annotations

from mingbai.town.records.style import Style

CENTRES = (("centre", 0.5), ("fixed", 0.3), ("toll", 0.2))

CONSENTED = Style(  # marketing to people who asked for it; whoever says no is left alone
    "consented", 320, sort="marketing with consent", numbers=CENTRES, holder=(2, 12), registered=0.98,
    use="marketing", principals=4, rate=(60, 350), busy=(0.6, 0.95), pool=(300, 2000), loyal=(0.05, 0.3),
    stale=(0.002, 0.02),
    refused=(0.0001, 0.001), refusers=(60, 400), inbound=(0.01, 0.06), redial=(0.1, 0.4), answer=(-0.2, 0.8),
    talk=(35, 110), short=(0.07, 0.22), returned=(0.06, 0.22), refusal=0.02, agreed=(0.55, 0.98),
)  # fmt: skip
SALES = Style(  # with clients of one's own, and a few cold calls
    "sales", 1500, sort="sales with clients", numbers=(("person", 1.0),), rate=(14, 60), pool=(30, 150),
    loyal=(0.65, 0.93), stale=(0.002, 0.02), inbound=(0.1, 0.4), redial=(0.15, 0.5), answer=(0.2, 1.3), talk=(40, 120),
    short=(0.04, 0.16), returned=(0.2, 0.55),
)  # fmt: skip
AGENT = Style(  # an estate agent who rings people that asked on a platform
    "agent", 500, sort="agent on request", numbers=(("person", 0.9), ("mobile", 0.1)), rate=(12, 55), pool=(40, 150),
    loyal=(0.25, 0.6), stale=(0.004, 0.03), inbound=(0.05, 0.25), redial=(0.2, 0.6), answer=(0.0, 1.0),
    talk=(35, 110), short=(0.06, 0.2), returned=(0.12, 0.4),
)  # fmt: skip
RECRUITER = Style(
    "recruiter", 350, sort="recruiter", numbers=(("person", 0.7), ("mobile", 0.3)), rate=(10, 45), pool=(20, 90),
    loyal=(0.1, 0.4), stale=(0.004, 0.03), inbound=(0.03, 0.15), redial=(0.2, 0.6), answer=(-0.2, 0.8), talk=(60, 170),
    short=(0.05, 0.18), returned=(0.12, 0.38),
)  # fmt: skip
NEW_SHOP = Style(  # a new number that suddenly calls suppliers, authorities, first customers
    "new_shop", 250, sort="new shop", numbers=(("mobile", 0.6), ("fixed", 0.4)), registered=0.3, use="service",
    age_days=(2, 25), rate=(12, 60), pool=(15, 60), loyal=(0.25, 0.6), inbound=(0.08, 0.35), redial=(0.3, 0.7),
    answer=(0.1, 1.1), talk=(35, 100), short=(0.05, 0.18), returned=(0.12, 0.4),
)  # fmt: skip
FAMILY = Style(
    "family", 2000, sort="much talking", numbers=(("person", 1.0),), rate=(12, 45), busy=(0.7, 0.99), begins=(8, 13),
    hours=(8, 13), night=(0.01, 0.15), pool=(8, 35), loyal=(0.96, 0.995), inbound=(0.2, 0.6), redial=(0.3, 0.7),
    answer=(0.8, 2.0), talk=(50, 160), spread=(0.9, 1.3), short=(0.03, 0.12), returned=(0.3, 0.7),
)  # fmt: skip
VOLUNTEER = Style(  # of a neighbourhood: all of one block, once
    "volunteer", 200, sort="public interest", numbers=(("person", 1.0),), rate=(25, 90), busy=(0.1, 0.25), quiet=1.0,
    hours=(2, 7), pool=(60, 250), loyal=(0.4, 0.8), stale=(0.003, 0.03), inbound=(0.02, 0.12), redial=(0.3, 0.7),
    answer=(0.1, 1.1), talk=(24, 60), short=(0.06, 0.2), returned=(0.12, 0.4),
)  # fmt: skip

STYLES = (CONSENTED, SALES, AGENT, RECRUITER, NEW_SHOP, FAMILY, VOLUNTEER)
