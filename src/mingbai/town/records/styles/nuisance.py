"""Callers that nobody asked for. Habits overlap with those of useful callers: each gives itself away elsewhere."""

from __future__ import annotations

from mingbai.town.records.style import Style

CENTRES = (("centre", 0.5), ("fixed", 0.3), ("toll", 0.2))

MASS_SIM = Style(
    "mass_sim", 350, holder=(6, 30),
    rate=(90, 420), busy=(0.3, 0.95), hours=(4, 10), stale=(0.02, 0.14), redial=(0.02, 0.25),
    answer=(-1.3, -0.1), patience=(15, 32), talk=(11, 34), short=(0.28, 0.6), returned=(0.008, 0.05), refusal=0.05,
)  # fmt: skip
MASS_CENTRE = Style(
    "mass_centre", 250, numbers=CENTRES, holder=(4, 20), registered=0.8, use="marketing", respects=False,
    rate=(90, 500), busy=(0.5, 0.95), hours=(6, 10), stale=(0.015, 0.1), refused=(0.01, 0.08), refusers=(60, 400),
    answer=(-1.3, -0.1), patience=(16, 34), talk=(12, 40), short=(0.28, 0.55), returned=(0.006, 0.05), refusal=0.06,
    agreed=(0.001, 0.12),  # a few who did agree once, as a cover
)  # fmt: skip
DISGUISED = Style(  # marketing from numbers that were filed as service
    "disguised", 80, numbers=CENTRES, holder=(2, 8), registered=0.95, use="service", declared="bank",
    respects=False, rate=(60, 300), stale=(0.01, 0.06), refused=(0.03, 0.15), refusers=(60, 300),
    answer=(-1.1, 0.0), talk=(14, 40), short=(0.25, 0.5), returned=(0.01, 0.05), refusal=0.08,
)  # fmt: skip
SLOW = Style(
    "slow", 550, numbers=(("person", 0.45), ("mobile", 0.55)),
    rate=(8, 30), busy=(0.75, 0.98), hours=(8, 12), stale=(0.015, 0.1), redial=(0.02, 0.3),
    answer=(-1.2, 0.0), patience=(16, 36), talk=(12, 38), short=(0.28, 0.58), returned=(0.008, 0.05), refusal=0.05,
)  # fmt: skip
AFTER_REFUSAL = Style(
    "after_refusal", 260, numbers=(*CENTRES, ("mobile", 0.2)), holder=(1, 3), registered=0.93, use="marketing",
    respects=False, rate=(25, 120), refused=(0.07, 0.4), refusers=(80, 500), loyal=(0.05, 0.3),
    answer=(-0.8, 0.3), talk=(15, 45), short=(0.15, 0.45), returned=(0.01, 0.08), refusal=0.1, agreed=(0.001, 0.2),
)  # fmt: skip
HOPPING = Style(
    "hopping", 600, numbers=(*CENTRES, ("mobile", 0.5)), holder=(5, 14), registered=0.97, use="marketing",
    respects=False, sticky=False, rate=(10, 50), busy=(0.55, 0.95), refused=(0.06, 0.25), refusers=(40, 140),
    answer=(-1.0, 0.2), talk=(13, 40), short=(0.2, 0.5), returned=(0.01, 0.06), refusal=0.1,
)  # fmt: skip
ROBOT = Style(
    "robot", 150, numbers=(("mobile", 0.5), ("centre", 0.3), ("fixed", 0.2)), registered=0.3, use="marketing",
    respects=False, rate=(120, 800), busy=(0.3, 0.9), hours=(3, 11), night=(0.005, 0.2), steady=0.7,
    stale=(0.03, 0.25), answer=(-1.0, 0.1), patience=(14, 30), message=(8, 26), short=(0.3, 0.6),
    returned=(0.006, 0.04), refusal=0.03,
)  # fmt: skip
SILENT = Style(
    "silent", 90, numbers=(("mobile", 0.6), ("fixed", 0.25), ("machine", 0.15)),
    rate=(40, 400), busy=(0.3, 0.9), hours=(3, 10), night=(0.005, 0.15), stale=(0.02, 0.2), redial=(0.2, 0.6),
    answer=(-0.6, 0.5), patience=(12, 28), talk=(1.2, 5), spread=(0.4, 0.8), short=(0.5, 0.9), returned=(0.02, 0.12),
)  # fmt: skip
ONE_RING = Style(
    "one_ring", 170, numbers=(("abroad", 0.4), ("mobile", 0.35), ("unallocated", 0.12), ("machine", 0.13)),
    rate=(60, 800), busy=(0.2, 0.6), hours=(1.5, 9), night=(0.01, 0.4), stale=(0.03, 0.3), redial=(0.0, 0.02),
    patience=(1.4, 4.8), talk=(3, 20), short=(0.3, 0.8), returned=(0.03, 0.2), foreign=0.5,
)  # fmt: skip
ONE_RING_SLOW = Style(
    "one_ring_slow", 80, numbers=(("abroad", 0.3), ("mobile", 0.7)),
    rate=(12, 45), busy=(0.6, 0.95), hours=(6, 12), stale=(0.02, 0.15), redial=(0.0, 0.03),
    patience=(1.5, 5.0), talk=(3, 25), short=(0.3, 0.8), returned=(0.04, 0.2), foreign=0.3,
)  # fmt: skip
FRAUD = Style(  # “this is the police”: few, long talks, from abroad or from numbers that do not exist
    "fraud", 110, numbers=(("abroad", 0.45), ("unallocated", 0.35), ("mobile", 0.2)),
    rate=(25, 140), busy=(0.3, 0.8), hours=(5, 9), stale=(0.02, 0.15), answer=(-1.3, -0.2), talk=(20, 160),
    spread=(1.0, 1.5), short=(0.3, 0.6), returned=(0.004, 0.04), foreign=0.7,
)  # fmt: skip

STYLES = (
    MASS_SIM, MASS_CENTRE, DISGUISED, SLOW, AFTER_REFUSAL, HOPPING, ROBOT, SILENT, ONE_RING, ONE_RING_SLOW, FRAUD,
)  # fmt: skip
