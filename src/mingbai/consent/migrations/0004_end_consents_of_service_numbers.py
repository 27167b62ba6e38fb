"""Consents that older versions took for service numbers (95588, 400…) end: no call to such a number rests on one.

Nobody can have such a number, so no gate ever asked for them. Each gets its ledger entry, as any consent that ends.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any

from django.db import migrations

AT_ONCE = 10_000


def end(apps: Any, schema_editor: Any) -> None:
    """Says on stderr how many it ended, when there were any."""
    from mingbai.consent import events
    from mingbai.consent.actions.said import record
    from mingbai.consent.rules import How
    from mingbai.kernel import clock, msisdn
    from mingbai.kernel.terms import Purpose
    from mingbai.people import queries as people

    consents = apps.get_model("consent", "Consent").objects
    rows = consents.filter(state__in=("given", "claimed")).order_by("id")
    names = ("id", "subscriber_id", "principal_id", "purpose", "how")
    ended, after = 0, 0
    while part := list(islice(rows.filter(id__gt=after).values_list(*names), AT_ONCE)):
        after = part[-1][0]
        digits = people.numbers_of({row[1] for row in part})
        services = {one for one, number in digits.items() if not msisdn.of_digits(number).may_subscribe}
        for ident, subscriber, principal, purpose, how in part:
            if subscriber in services:
                consents.filter(id=ident).update(state="expired", changed_at=clock.now())
                record(events.EXPIRED, subscriber, principal, Purpose(purpose), How(how), {"reason": "service number"})
                ended += 1
    if ended:
        sys.stderr.write(
            f"{ended} consents that were filed for service numbers are ended: nobody can have such a number\n"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_restoring_batches"),
        ("people", "0002_one_index_a_tenure"),
        ("ledger", "0002_checkpoint_as_signed"),
    ]

    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
