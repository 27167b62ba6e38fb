"""Words for labels of numbers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LISTS: dict[str, dict[str, str | Promise]] = {
    "label_kind": {
        "confirmed_criminal": _("fraud, verified"),
        "confirmed_malicious": _("nuisance, verified"),
        "confirmed_marketing": _("unlawful marketing, verified"),
        "suspected_criminal": _("suspected fraud"),
        "suspected_malicious": _("suspected nuisance"),
        "suspected_marketing": _("suspected marketing"),
        "certified": _("certified name"),
        "service": _("service line"),
    },
    "label_look": {
        "confirmed_criminal": "refuse",
        "confirmed_malicious": "refuse",
        "confirmed_marketing": "refuse",
        "suspected_criminal": "label",
        "suspected_malicious": "label",
        "suspected_marketing": "label",
        "certified": "pass",
        "service": "pass",
    },
    "label_family": {"nuisance": _("nuisance"), "certified": _("certified names"), "service": _("service lines")},
    "label_source": {
        "reports": _("reports"),
        "case": _("a case"),
        "hand": _("staff"),
        "registry": _("registration"),
    },
    "label_ending": {
        "replaced": _("replaced"),
        "expired": _("expired"),
        "faded": _("faded"),
        "dropped": _("taken back"),
        "corrected": _("corrected"),
        "recycled": _("the number has another user"),
    },
    "correction_state": {
        "open": _("waits for an answer"),
        "granted": _("corrected"),
        "refused": _("the label stays"),
    },
    "correction_look": {"open": "verify", "granted": "pass", "refused": "refuse"},
}
