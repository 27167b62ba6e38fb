"""Lists of firms that were suspended for want of a proof: what is owed, and the two looks that restore one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.web.desk import Desk, at_desk


@require_POST
@at_desk("restore.batch", operator=True)
def restore(request: HttpRequest, desk: Desk, batch: int) -> HttpResponse:
    """Ask for a suspended list to be restored, or restore one that somebody else asked for."""
    found = consents.batch(batch)
    if found is None:
        raise Http404
    restored = consent.restore_batch(batch=batch, account=desk.account, reason=request.POST.get("reason", ""))
    if restored:
        messages.success(request, _("The list is restored. The gate goes by it within a second."))
    else:
        messages.success(request, _("Asked for. A second person has to look before the list is restored."))
    return redirect("console:organisation", found.principal)
