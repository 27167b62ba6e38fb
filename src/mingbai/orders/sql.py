"""The statements by which an order is made and moves. What may not be is not written, whoever asks and whenever."""

from __future__ import annotations

from mingbai.channels.queries import STANDING_SQL
from mingbai.ledger.statements import day, each, moment, one, rows
from mingbai.people.queries import CURRENT_SQL
from mingbai.tariffs.queries import ON_SALE_SQL

__all__ = [
    "ANSWERABLE", "COLUMNS", "CONFIRM", "EVENT", "LATELY", "PROPOSE", "day", "each", "moment", "one", "rows",
]  # fmt: skip

COLUMNS = (
    "subscriber_id", "version_id", "plan_id", "seller_id", "scope_id", "kind", "follows_id", "channel", "region", "by",
    "reference", "tariff_sha256", "price_fen", "terms", "shown", "shown_sha256", "word", "proposed_at", "state",
    "basis", "expires_at", "confirmed_how", "reason", "tries",
)  # fmt: skip

# The row exists only if at this very moment the version is published and on sale, the seller may sell, and the
# subscriber is the number's present one.
PROPOSE = (
    f"INSERT INTO orders_order ({', '.join(f'{chr(34)}{name}{chr(34)}' for name in COLUMNS)})"  # noqa: S608  # built of constants; every value is a parameter
    " SELECT p.id, v.id, v.plan_id, s.seller_id, s.id, %s, %s, %s, %s, %s, %s, v.sha256, %s, %s, %s, %s, %s, %s,"
    " 'proposed', %s, %s, '', '', 0"
    f" FROM {ON_SALE_SQL} v, {STANDING_SQL} s, {CURRENT_SQL} p"
    " WHERE v.id = %s AND v.sha256 = %s AND s.seller_id = %s AND s.id = %s AND p.id = %s RETURNING id"
)

# A yes counts only while all of that still holds.
CONFIRM = (
    "UPDATE orders_order SET state = 'confirmed', confirmed_how = %s, confirmed_at = %s, due_at = %s"  # noqa: S608  # built of constants; every value is a parameter
    " WHERE id = %s AND subscriber_id = %s AND state = 'proposed' AND expires_at > %s"
    f" AND EXISTS (SELECT 1 FROM {ON_SALE_SQL} v WHERE v.id = orders_order.version_id)"
    f" AND EXISTS (SELECT 1 FROM {STANDING_SQL} s WHERE s.id = orders_order.scope_id)"
    f" AND EXISTS (SELECT 1 FROM {CURRENT_SQL} p WHERE p.id = orders_order.subscriber_id)"
    " RETURNING terms, shown_sha256, price_fen"
)

# Of a subscriber's offers: whether open, of today, of lately, turned down by them not long ago (and by whom, of what).
LATELY = (
    "SELECT state = 'proposed', proposed_at > %s, proposed_at > %s,"
    " state = 'declined' AND seller_id = %s AND plan_id = %s AND ended_at > %s, word"
    " FROM orders_order WHERE subscriber_id = %s AND proposed_at > %s"
)

# What a reply of a subscriber can mean: id, number, state, whether it can be confirmed now, whether of lately.
ANSWERABLE = (
    "SELECT id, word, confirmed_how, state = 'proposed' AND expires_at > %s, proposed_at > %s, terms"
    " FROM orders_order WHERE subscriber_id = %s AND proposed_at > %s ORDER BY id"
)

EVENT = "INSERT INTO orders_event (order_id, what, by, detail, at, entry) VALUES (%s, %s, %s, %s, %s, %s)"
