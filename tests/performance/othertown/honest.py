"""Honest callers: quiet offices, and those whose calls look like a nuisance from outside."""

from __future__ import annotations

from dataclasses import replace

from tests.performance.othertown.spec import Spec

_WALK: dict[str, float] = {"mobile": 1.0}
_DESK: dict[str, float] = {"fixed": 5, "mobile": 1}
_LINE: dict[str, float] = {"fixed": 4, "400": 1, "95": 2, "away": 0.8}

_OFFICE = Spec("office", 320, daily=(2, 22), lines=(1, 3), kinds={"fixed": 4, "mobile": 1, "away": 0.8, "virtual": 0.1},
    registered=0.5, fresh=(0.15, 0.7), whom="district", trust=(1.0, 1.6), asked=(0.1, 0.5),
    back=(0.1, 0.4))  # fmt: skip


def _hard(style: str, per: float, **habits: object) -> Spec:
    """A hard negative named after its style; what is not said of it is as with an office."""
    return replace(_OFFICE, style=style, per=per, look=style, **habits)  # type: ignore[arg-type]


_LIVELIHOODS: list[Spec] = [
    _hard(
        "courier", 170, daily=(35, 170), lines=(1, 1), kinds=_WALK, person=0.65, registered=0.25, sorts=("courier",),
        open=(7, 9), close=(17, 20.5), weekend=(0.7, 1.1), whom="district", fresh=(0.45, 0.95), trust=(0.9, 1.6),
        talk=(9, 32), early=(0.05, 0.35), patience=(12, 45), retry=(0.2, 0.65), back=(0.15, 0.5), asked=(0.0, 0.08),
        dead=(0, 0.02),
    ),
    _hard(
        "food_rider", 110, daily=(20, 90), lines=(1, 1), kinds=_WALK, person=0.7, registered=0.1, sorts=("courier",),
        open=(9, 11.5), close=(20, 23.5), weekend=(0.8, 1.3), whom="district", fresh=(0.7, 1.0), trust=(1.0, 1.65),
        talk=(6, 22), early=(0.1, 0.4), patience=(4, 35), retry=(0.2, 0.6), back=(0.05, 0.3),
    ),
    _hard(
        "ride_driver", 130, daily=(8, 40), lines=(1, 1), kinds=_WALK, person=0.85, registered=0.15, sorts=("taxi",),
        open=(5, 12), close=(17, 24), weekend=(0.8, 1.3), whom="random", fresh=(0.85, 1.0), trust=(1.1, 1.7),
        talk=(8, 28), early=(0.05, 0.3), patience=(15, 45), retry=(0.2, 0.5), back=(0.15, 0.5), asked=(0.0, 0.2),
    ),
    _hard(
        "shuttle_driver", 14, daily=(20, 110), lines=(1, 1), kinds=_WALK, person=0.5, sorts=("taxi",), registered=0.1,
        open=(6, 7), close=(16.5, 18.5), weekend=(0, 0.3), whom="few", fresh=(12, 60), trust=(0.3, 0.9),
        patience=(2, 9), talk=(4, 18), back=(0.0, 0.08), retry=(0.0, 0.2),
    ),
    _hard(
        "property_agent", 80, daily=(15, 120), lines=(1, 1), kinds=_WALK, person=0.75, registered=0.15,
        asked=(0.2, 0.7), fresh=(0.15, 0.6), trust=(0.9, 1.5), talk=(30, 120), early=(0.05, 0.3), weekend=(0.8, 1.5),
        back=(0.15, 0.5), uses=("marketing", "service"), refuse=(0, 0.006), dead=(0, 0.02),
    ),
    _hard(
        "insurance_agent", 55, daily=(10, 70), lines=(1, 1), kinds=_WALK, person=0.8, asked=(0.05, 0.35),
        registered=0.1, fresh=(0.25, 0.85), trust=(0.9, 1.5), talk=(30, 160), early=(0.05, 0.35),
        uses=("marketing", "service"), refuse=(0, 0.006), back=(0.1, 0.4), dead=(0, 0.04),
    ),
    _hard(
        "recruiter", 34, daily=(20, 150), lines=(1, 2), kinds={"mobile": 3, "fixed": 3, "away": 1, "virtual": 0.3},
        person=0.35, asked=(0.02, 0.3), registered=0.3, whom="random", fresh=(0.6, 1.0), trust=(0.8, 1.35),
        talk=(35, 200), early=(0.08, 0.35), back=(0.2, 0.55), weekend=(0, 0.4), refuse=(0, 0.004), dead=(0, 0.04),
    ),
    _hard(
        "teacher", 75, daily=(5, 55), lines=(1, 1), kinds=_WALK, person=1.0, open=(7, 10), close=(18, 21.5),
        whom="few", fresh=(30, 110), active=(0.3, 1.0), trust=(1.3, 1.8), talk=(50, 200), early=(0, 0.1),
        back=(0.3, 0.7), asked=(0.1, 0.5),
    ),
    _hard(
        "wholesaler", 60, daily=(25, 130), lines=(1, 1), kinds=_WALK, person=0.9, open=(4, 8), close=(16, 20),
        weekend=(0.7, 1.1), whom="few", fresh=(25, 220), trust=(1.2, 1.8), talk=(18, 60), early=(0.0, 0.15),
        back=(0.4, 0.8), asked=(0.3, 0.9),
    ),
    _hard(
        "party_host", 45, daily=(35, 130), lines=(1, 1), kinds=_WALK, person=1.0, open=(9, 12), close=(18, 22),
        weekend=(0.6, 1.6), active=(0.12, 0.35), whom="district", fresh=(0.9, 1.0), trust=(1.1, 1.8), talk=(30, 110),
        early=(0, 0.1), back=(0.3, 0.65),
        registered=0.0,
    ),
    _hard(
        "new_number", 55, daily=(15, 90), lines=(1, 1), kinds={"mobile": 5, "virtual": 1}, open=(8, 11),
        close=(19, 22.5), weekend=(0.8, 1.3), active=(0.15, 0.6), whom="district", fresh=(0.6, 1.0), trust=(0.7, 1.3),
        talk=(25, 120), early=(0, 0.15), back=(0.15, 0.5), registered=0.0,
    ),
]  # fmt: skip

_HOUSES: list[Spec] = [
    _hard(
        "hospital", 7, daily=(60, 1400), lines=(2, 12), kinds=_DESK, registered=0.85, sorts=("hospital",),
        uses=("service", "notification"), fresh=(0.45, 0.95), whom="random", trust=(1.0, 1.6), talk=(20, 80),
        robot=0.4, asked=(0.05, 0.4), back=(0.15, 0.45), weekend=(0.3, 0.9), retry=(0.2, 0.6), dead=(0, 0.03),
    ),
    _hard(
        "community_health", 16, daily=(40, 420), lines=(1, 4), kinds=_DESK, registered=0.5, person=0.0,
        sorts=("public_interest", "hospital"), uses=("notification", "service"), fresh=(0.8, 1.0), active=(0.3, 1.0),
        trust=(0.8, 1.35), talk=(20, 80), early=(0.1, 0.4), robot=0.3, refuse=(0, 0.008), dead=(0, 0.06),
        since=(3, 1500),
    ),
    _hard(
        "school", 8, daily=(30, 600), lines=(1, 4), kinds=_DESK, registered=0.6, sorts=("school",), active=(0.2, 0.9),
        uses=("notification", "service"), whom="few", fresh=(150, 1500), trust=(1.2, 1.7), talk=(20, 70), robot=0.35,
        back=(0.2, 0.5), early=(0.02, 0.2),
    ),
    _hard(
        "utility", 4, daily=(150, 2500), lines=(1, 6), kinds=_LINE, registered=0.9, uses=("notification", "service"),
        sorts=("service_line", "public_interest"), whom="random", fresh=(0.6, 1.0), trust=(0.7, 1.3), talk=(14, 40),
        robot=0.7, early=(0.2, 0.55), retry=(0.1, 0.5), dead=(0, 0.08), back=(0.03, 0.15), asked=(0, 0.05),
    ),
    _hard(
        "bank_fraud", 4, daily=(50, 1200), lines=(1, 8), kinds={"95": 3, "fixed": 2}, registered=0.95, open=(0, 8),
        sorts=("service_line",), uses=("service", "notification"), close=(21, 24), weekend=(0.8, 1.1), whom="random",
        fresh=(0.6, 0.95), trust=(0.7, 1.3), talk=(25, 110), early=(0.15, 0.45), robot=0.25, retry=(0.3, 0.75),
        back=(0.08, 0.3), asked=(0, 0.1), dead=(0, 0.03),
    ),
    _hard(
        "service_callback", 13, daily=(60, 900), lines=(1, 8), kinds=_LINE, registered=0.75,
        sorts=("service_line", "none"), fresh=(0.6, 0.95), whom="random", asked=(0.35, 0.95), trust=(0.9, 1.5),
        talk=(40, 150), retry=(0.15, 0.5), early=(0.05, 0.25), weekend=(0.4, 1.0), back=(0.1, 0.35),
    ),
    _hard(
        "new_shop", 20, daily=(25, 260), lines=(1, 2), kinds={"mobile": 3, "fixed": 3}, registered=0.45,
        since=(1, 20), uses=("marketing", "service"), fresh=(0.7, 1.0), asked=(0.02, 0.35), trust=(0.75, 1.3),
        talk=(18, 70), early=(0.1, 0.4), weekend=(0.8, 1.5), refuse=(0, 0.01), back=(0.08, 0.3), dead=(0, 0.03),
    ),
    _hard(
        "survey", 8, daily=(80, 1200), lines=(1, 6), kinds={"fixed": 3, "away": 1, "400": 1, "95": 1},
        registered=0.75, sorts=("public_interest", "none"), uses=("survey",), whom="random", fresh=(0.9, 1.0),
        trust=(0.6, 1.1), early=(0.3, 0.65), talk=(40, 300), robot=0.15, retry=(0.1, 0.45), refuse=(0.001, 0.015),
        dead=(0, 0.2), back=(0.02, 0.12), close=(18, 21), weekend=(0.3, 1.1), asked=(0, 0),
    ),
    _hard(
        "census", 10, daily=(25, 220), lines=(1, 3), kinds={"fixed": 3, "mobile": 3}, registered=0.5, asked=(0, 0),
        sorts=("public_interest",), uses=("survey", "notification"), fresh=(0.7, 1.0), trust=(0.7, 1.2),
        talk=(40, 160), early=(0.15, 0.4), retry=(0.2, 0.6), refuse=(0, 0.006), close=(18, 21), weekend=(0.5, 1.2),
        since=(2, 300),
    ),
    _hard(
        "lawful_collector", 5, daily=(40, 700), lines=(1, 5), kinds=_LINE, registered=0.85,
        uses=("service", "notification"), whom="few", fresh=(60, 900), trust=(0.5, 1.0), early=(0.2, 0.5),
        talk=(20, 100), retry=(0.05, 0.3), refuse=(0.002, 0.02), asked=(0, 0.1), back=(0.03, 0.15), robot=0.3,
    ),
    _hard(
        "alarm_dialler", 10, daily=(10, 220), lines=(1, 1), kinds={"mobile": 3, "fixed": 2}, registered=0.35,
        robot=1.0, uses=("notification",), open=(0, 6), close=(20, 24), weekend=(0.7, 1.2), active=(0.15, 0.9),
        whom="few", fresh=(1, 6), trust=(0.6, 1.4), talk=(6, 25), patience=(10, 50), retry=(0.4, 0.9),
        inbound=(0, 0.2), back=(0.0, 0.1), asked=(0, 0),
    ),
    _hard(
        "car_service", 16, daily=(25, 220), lines=(1, 3), kinds=_DESK, registered=0.65, uses=("service", "marketing"),
        fresh=(0.6, 0.95), asked=(0.08, 0.4), trust=(0.8, 1.4), talk=(30, 110), refuse=(0, 0.008), weekend=(0.6, 1.2),
    ),
    _hard(
        "consented_seller", 12, daily=(40, 500), lines=(1, 4), kinds=_LINE, registered=0.85, uses=("marketing",),
        fresh=(0.5, 0.95), asked=(0.05, 0.45), trust=(0.7, 1.3), early=(0.15, 0.45), talk=(25, 110), weekend=(0, 0.9),
        refuse=(0.002, 0.018), honour=(0.93, 1.0), back=(0.04, 0.22), dead=(0, 0.03), robot=0.1,
    ),
    _hard(
        "tutor_school", 16, daily=(20, 180), lines=(1, 4), kinds=_DESK, registered=0.55, sorts=("school", "none"),
        uses=("marketing", "service"), fresh=(0.25, 0.8), asked=(0.1, 0.5), trust=(0.8, 1.4), close=(18, 21),
        talk=(30, 140), weekend=(0.9, 1.6), refuse=(0, 0.01), dead=(0, 0.03),
    ),
    _hard(
        "moved_firm", 12, daily=(40, 500), lines=(2, 8), kinds=_DESK, registered=0.95, rotate="moved",
        since=(1, 2500), uses=("service", "marketing", "notification"), fresh=(0.3, 0.85), asked=(0.05, 0.4),
        trust=(0.8, 1.4),
    ),
    _hard(
        "delivery_station", 9, daily=(60, 500), lines=(2, 10), kinds={"fixed": 1, "mobile": 3}, registered=0.7,
        sorts=("courier",), uses=("service", "notification"), fresh=(0.5, 0.95), trust=(0.9, 1.6), talk=(9, 35),
        robot=0.25, retry=(0.2, 0.6), back=(0.15, 0.4), weekend=(0.7, 1.1), since=(10, 1500),
    ),
]  # fmt: skip

HONEST: list[Spec] = [_OFFICE, *_LIVELIHOODS, *_HOUSES]
