"""Nuisance callers, some loud, some hiding."""

from __future__ import annotations

from dataclasses import replace

from tests.performance.othertown.spec import Spec

_SELLER = Spec(
    "mass_telemarketer", 13, nuisance=True, daily=(130, 3000), kinds={"fixed": 4, "mobile": 3, "95": 1.5, "400": 1.5,
    "virtual": 1.5, "away": 1}, registered=0.5, sorts=("none", "none", "none", "service_line"),
    uses=("marketing", "marketing", "marketing", "service", "notification"), open=(8.3, 10.5), close=(17, 21),
    weekend=(0, 1.0), active=(0.4, 1.0), whom="leaked", fresh=(0.55, 1.0), dead=(0.0, 0.15), trust=(0.4, 1.1),
    early=(0.25, 0.75), talk=(18, 75), shape=(0.38, 0.75), patience=(14, 45), robot=0.12, retry=(0.0, 0.3),
    back=(0.01, 0.13), inbound=(0.0, 0.7), refuse=(0.006, 0.05), honour=(0.0, 0.7), own=0.45, since=(5, 1500),
)  # fmt: skip

NUISANCE: list[Spec] = [
    _SELLER,
    replace(
        _SELLER, style="slow_telemarketer", per=18, daily=(8, 65), kinds={"mobile": 6, "virtual": 1, "fixed": 2},
        person=0.3, registered=0.15, fresh=(0.6, 1.0), dead=(0, 0.08), trust=(0.55, 1.25), early=(0.15, 0.6),
        talk=(25, 110), patience=(20, 55), robot=0.0, back=(0.03, 0.24), inbound=(0.2, 0.85),
    ),
    replace(
        _SELLER, style="hopper", per=23, daily=(60, 1500), lines=(3, 12), registered=0.93, rotate="hop",
        kinds={"fixed": 4, "mobile": 4, "virtual": 2, "away": 1}, whom="leaked", fresh=(0.3, 0.95), trust=(0.5, 1.2),
        early=(0.2, 0.65), honour=(0.0, 0.35), refuse=(0.008, 0.06), since=(2, 400), robot=0.15, own=0.5,
    ),
    replace(
        _SELLER, style="robot", per=8, daily=(200, 4000), lines=(1, 2), robot=1.0, talk=(14, 50), early=(0.3, 0.75),
        kinds={"fixed": 3, "95": 2, "400": 1, "away": 2, "mobile": 1}, patience=(15, 40), dead=(0.0, 0.2),
    ),
    replace(
        _SELLER, style="one_ring", per=6, daily=(90, 2500), kinds={"mobile": 3, "virtual": 2, "abroad": 3, "away": 2},
        registered=0.05, open=(0, 10), close=(17, 24), weekend=(0.5, 1.2), whom="random", fresh=(0.85, 1.0),
        dead=(0.02, 0.2), patience=(1.2, 8.5), talk=(3, 15), early=(0.5, 0.9), back=(0.06, 0.3), inbound=(0.5, 0.98),
        refuse=(0.0, 0.004), robot=0.5, own=0.25, retry=(0.0, 0.15),
    ),
    replace(
        _SELLER, style="bomber", per=3, daily=(60, 1800), lines=(1, 9), kinds={"mobile": 3, "virtual": 3, "away": 2},
        registered=0.0, open=(0, 11), close=(18, 24), weekend=(0.4, 1.3), active=(0.15, 0.8), whom="few",
        fresh=(1, 5), dead=(0, 0), trust=(0.15, 0.7), early=(0.6, 0.95), talk=(2, 10), patience=(2, 25),
        retry=(0.2, 0.6), back=(0.0, 0.06), inbound=(0.0, 0.2), refuse=(0.0, 0.02), honour=(0.0, 0.1), own=0.35,
        robot=0.3,
    ),
    replace(
        _SELLER, style="spoofer", per=2, daily=(100, 1200), lines=(6, 18), rotate="forged", registered=0.0,
        kinds={"away": 4, "fixed": 3, "mobile": 3, "abroad": 2, "400": 1}, trust=(0.3, 1.1), talk=(15, 120),
        early=(0.3, 0.8), back=(0.02, 0.12), inbound=(0.0, 0.05), own=0.0, whom="random", fresh=(0.7, 1.0),
        refuse=(0.001, 0.02), weekend=(0.2, 1.1),
    ),
    replace(
        _SELLER, style="debt_collector_abusive", per=7, daily=(25, 260), lines=(1, 4), registered=0.35,
        kinds={"mobile": 4, "fixed": 3, "away": 2, "virtual": 2}, open=(7, 9), close=(19, 22.5), weekend=(0.5, 1.1),
        whom="circle", fresh=(10, 90), dead=(0, 0.06), trust=(0.35, 0.95), early=(0.25, 0.65), talk=(15, 90),
        retry=(0.25, 0.7), back=(0.01, 0.1), inbound=(0.2, 0.9), uses=("service", "notification", "marketing"),
        refuse=(0.01, 0.08), honour=(0.0, 0.2), robot=0.0,
    ),
    replace(
        _SELLER, style="moonlighter", per=14, daily=(8, 45), kinds={"mobile": 1}, person=1.0, registered=0.0,
        open=(9, 13), close=(18, 22), fresh=(0.6, 1.0), dead=(0, 0.05), trust=(0.6, 1.3), early=(0.1, 0.5),
        talk=(25, 130), back=(0.03, 0.2), inbound=(0.5, 0.9), robot=0.0,
    ),
    replace(
        _SELLER, style="property_pester", per=9, daily=(15, 160), kinds={"mobile": 6, "fixed": 2}, person=0.45,
        registered=0.12, whom="district", fresh=(0.2, 0.7), trust=(0.5, 1.2), early=(0.15, 0.55), talk=(22, 120),
        weekend=(0.7, 1.4), back=(0.04, 0.26), inbound=(0.4, 0.95), retry=(0.1, 0.45), robot=0.0,
    ),
    replace(
        _SELLER, style="silent_prober", per=4, daily=(60, 1500), registered=0.05, fresh=(0.9, 1.0), whom="random",
        kinds={"away": 3, "virtual": 2, "mobile": 2, "fixed": 1}, dead=(0.05, 0.35), talk=(1, 6), shape=(0.2, 0.5),
        early=(0.3, 0.8), patience=(8, 30), inbound=(0.0, 0.3), refuse=(0.0, 0.004), robot=0.2,
    ),
    replace(
        _SELLER, style="scammer", per=7, daily=(12, 180), registered=0.0, own=0.25, whom="leaked", robot=0.0,
        kinds={"virtual": 3, "mobile": 3, "abroad": 2, "away": 3}, active=(0.15, 0.7), talk=(20, 240),
        shape=(0.6, 0.95), early=(0.35, 0.8), trust=(0.4, 1.1), inbound=(0.0, 0.6), refuse=(0.001, 0.015),
    ),
    replace(
        _SELLER, style="stalker", per=4, daily=(8, 70), lines=(1, 3), kinds={"mobile": 4, "virtual": 1}, person=0.4,
        registered=0.0, open=(5, 12), close=(20, 24), weekend=(0.7, 1.5), whom="few", fresh=(1, 2), dead=(0, 0),
        trust=(0.15, 0.7), early=(0.3, 0.85), talk=(6, 80), retry=(0.3, 0.7), back=(0, 0.05), inbound=(0.5, 0.95),
        refuse=(0.0, 0.06), honour=(0, 0.1), robot=0.0,
    ),
]  # fmt: skip
