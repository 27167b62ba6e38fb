"""People whose work makes them call strangers all day: wanted by whom they call, and mostly from their own phones."""

from __future__ import annotations

from mingbai.town.records.style import Style

COURIER = Style(
    "courier", 1500, sort="courier", numbers=(("person", 1.0),), registered=0.6, declared="delivery", use="service",
    holder=(20, 200), rate=(35, 130), busy=(0.7, 0.95), hours=(7, 11), pool=(200, 900), loyal=(0.2, 0.6),
    stale=(0.002, 0.02), inbound=(0.03, 0.2), redial=(0.3, 0.7), answer=(0.2, 1.4), talk=(11, 30), spread=(0.5, 0.9),
    short=(0.1, 0.4), returned=(0.1, 0.35),
)  # fmt: skip
FOOD_RIDER = Style(
    "food_rider", 900, sort="courier", numbers=(("person", 1.0),), registered=0.4, declared="delivery", use="service",
    rate=(12, 50), busy=(0.6, 0.9), begins=(9.5, 11.0), hours=(9, 11.5), night=(0.02, 0.15), pool=(100, 500),
    loyal=(0.05, 0.3), inbound=(0.05, 0.25), redial=(0.4, 0.8), answer=(0.4, 1.6), talk=(8, 22), spread=(0.5, 0.8),
    short=(0.2, 0.5), returned=(0.1, 0.4),
)  # fmt: skip
TAXI = Style(
    "taxi", 800, sort="taxi", numbers=(("person", 1.0),), registered=0.5, declared="transport", use="service",
    rate=(8, 30), busy=(0.7, 0.95), begins=(5.5, 10), hours=(8, 13), night=(0.03, 0.3), pool=(50, 200),
    loyal=(0.03, 0.2), inbound=(0.15, 0.6), redial=(0.3, 0.7), answer=(0.5, 1.7), talk=(9, 26), spread=(0.5, 0.8),
    short=(0.15, 0.45), returned=(0.1, 0.4),
)  # fmt: skip
MIDDLE = Style(  # a delivery app's middle number, behind which somebody else stands every time
    "middle", 300, sort="middle number", numbers=(("virtual", 0.7), ("firm", 0.3)), registered=0.85,
    declared="delivery", use="service", holder=(30, 120), rate=(40, 250), busy=(0.85, 0.99), hours=(9, 13),
    night=(0.01, 0.1), inbound=(0.2, 0.6), redial=(0.3, 0.6), answer=(0.1, 1.2), talk=(10, 28), short=(0.15, 0.4),
    returned=(0.15, 0.4),
)  # fmt: skip
REPAIR = Style(
    "repair", 500, sort="craftsman", numbers=(("person", 1.0),), rate=(8, 35), hours=(8, 11), pool=(40, 200),
    loyal=(0.15, 0.5), inbound=(0.2, 0.6), redial=(0.2, 0.6), answer=(0.2, 1.3), talk=(25, 70), short=(0.04, 0.2),
    returned=(0.12, 0.4),
)  # fmt: skip

STYLES = (COURIER, FOOD_RIDER, TAXI, MIDDLE, REPAIR)
