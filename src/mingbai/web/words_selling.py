"""Words and sentences of selling: sellers' states, why an offer was refused, what a message was about."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

SELLER_STATES: dict[str, Word] = {
    "active": pgettext_lazy("seller", "may sell"),
    "suspended": pgettext_lazy("seller", "suspended"),
    "ended": pgettext_lazy("seller", "ended"),
}

# In a few words, for tables; the whole sentence stands in SENTENCES or `sentences`.
REFUSED_WHYS: dict[str, Word] = {
    "orders.not_published": pgettext_lazy("refused", "not published"),
    "orders.not_on_sale": pgettext_lazy("refused", "not on sale that day"),
    "orders.channel": pgettext_lazy("refused", "not sold this way"),
    "orders.region": pgettext_lazy("refused", "not for this region"),
    "orders.person": pgettext_lazy("refused", "for certain people alone"),
    "orders.gift": pgettext_lazy("refused", "a gift with a price"),
    "orders.seller": pgettext_lazy("refused", "beyond what it may sell"),
    "orders.seller_state": pgettext_lazy("refused", "the seller is suspended"),
    "orders.single_missing": pgettext_lazy("refused", "part of the bundle not sold singly"),
    "orders.refused": pgettext_lazy("refused", "the person refused this seller"),
    "orders.declined": pgettext_lazy("refused", "the person said no not long ago"),
    "orders.too_many": pgettext_lazy("refused", "asked too often that day"),
    "orders.too_many_open": pgettext_lazy("refused", "too many offers open"),
}

# What a message of the house was about, as its own subscriber reads it.
TEMPLATES: dict[str, Word] = {
    "code": pgettext_lazy("message", "one-time code"),
    "order.left": pgettext_lazy("message", "left"),
    "order.answer": pgettext_lazy("message", "answer to your SMS"),
    "order.failure": pgettext_lazy("message", "not done"),
    "after_call": pgettext_lazy("message", "after a call"),
    "help": pgettext_lazy("message", "answer to your SMS"),
    "consent_request": pgettext_lazy("message", "asks for your consent"),
    "commercial": pgettext_lazy("message", "advertising"),
    "order": pgettext_lazy("message", "about an order"),
    "consent": pgettext_lazy("message", "about calls"),
    "appeal": pgettext_lazy("message", "about an appeal"),
    "case": pgettext_lazy("message", "about a report"),
    "": pgettext_lazy("message", "message of the house"),
}

MESSAGE_STATES: dict[str, Word] = {
    "waiting": pgettext_lazy("message", "on its way"),
    "sent": pgettext_lazy("message", "sent"),
    "delivered": pgettext_lazy("message", "delivered"),
    "undelivered": pgettext_lazy("message", "did not arrive"),
    "failed": pgettext_lazy("message", "could not be sent"),
    "received": pgettext_lazy("message", "from you"),
}

# What a state means, to whoever asks what happens now.
ORDER_MEANINGS: dict[str, Word] = {
    "proposed": _("The person was asked by SMS. Without their yes nothing is done."),
    "confirmed": _("The yes is there. The operator's system carries it out, then an SMS tells."),
    "fulfilled": _("It is done, and an SMS said so."),
    "leaving": _("Leaving was asked for. The operator's system ends it, then an SMS tells."),
    "failed": _("The operator's system could not do it. Nothing is charged."),
    "declined": _("The person does not want it. Nothing was done."),
    "cancelled": _("The seller took the offer back before anybody answered. Nothing was done."),
    "expired": _("Nobody said yes in time. Nothing was done."),
    "lapsed": _(
        "While it waited the tariff was replaced or withdrawn, or the seller lost its right to sell it. Nothing was"
        " done."
    ),
    "withdrawn": _("The person has left. It costs nothing any more."),
    "ended": _("The trial is over and ended by itself. Nothing paid follows."),
}

# The same, to the subscriber.
MY_ORDER_MEANINGS: dict[str, Word] = {
    "proposed": _("Read it, then say yes or no. Nothing is done without your yes."),
    "confirmed": _("You said yes. It is being done; an SMS tells you when."),
    "fulfilled": _("It is done, and runs."),
    "leaving": _("You are leaving; an SMS tells you when it has ended."),
    "failed": _("It could not be done. Nothing is charged."),
    "declined": _("You did not want it. Nothing was done."),
    "cancelled": _("The seller took it back before you answered. Nothing was done."),
    "expired": _("It was not confirmed in time. Nothing was done."),
    "lapsed": _("It may not be sold any more. Nothing was done."),
    "withdrawn": _("You have left. It costs nothing any more."),
    "ended": _("The trial is over and ended by itself. Nothing paid follows."),
}

LANGUAGES: dict[str, Word] = {"zh": "中文", "en": "English"}

LISTS: dict[str, dict[str, Word]] = {
    "seller_state": SELLER_STATES,
    "order_meaning": ORDER_MEANINGS,
    "my_order_meaning": MY_ORDER_MEANINGS,
    "refused_why": REFUSED_WHYS,
    "message_template": TEMPLATES,
    "message_state": MESSAGE_STATES,
    "language": LANGUAGES,
}

SENTENCES: dict[str, tuple[Word, Word]] = {
    "notices.no_reason": (
        _("A reason is needed."),
        _("Say in a few words why. It stands in the evidence log."),
    ),
    "notices.code": (
        _("A code is not sent again."),
        _("The subscriber asks for a new one."),
    ),
    "notices.nobody": (
        _("This number has another user now, or was erased."),
        _("Nobody is left to tell. Note that it was seen to."),
    ),
    "notices.not_missed": (
        _("This message arrived, still waits, or was seen to already."),
        _("Look at the list again."),
    ),
    "notices.over": (
        _("What this message asks can no longer be answered."),
        _("Have it offered anew, or note how it was seen to."),
    ),
    "tariffs.out_of_bounds": (
        _("A figure is one that no tariff can have: less than nothing, or too large."),
        _("Correct the field."),
    ),
    "tariffs.not_published": (
        _("This tariff is not published."),
        _("Look at its history."),
    ),
    "tariffs.answered": (
        _("This question has been answered."),
        _("Load the page again."),
    ),
    "tariffs.no_question": (
        _("There is no such question any more."),
        _("Load the page again."),
    ),
    "tariffs.choose": (
        _("Between one and 500 tariffs can be chosen at once."),
        _("Choose some in the list."),
    ),
    "tariffs.file_too_large": (
        _("The file is too large."),
        _("Divide it."),
    ),
    "tariffs.unknown": (
        _("There is no such tariff."),
        _("Look for it in the list."),
    ),
    "channels.unknown_organisation": (_("Choose an organisation."), ""),
    "channels.no_seller": (
        _("This organisation cannot sell."),
        _("Sellers are active agents, enterprises and operators."),
    ),
    "channels.state": (_("The seller's state does not allow this."), _("What has ended stays so.")),
    "channels.unknown_way": (_("There is no such way of selling."), _("Tick one of the list.")),
    "channels.dates": (_("The last day lies before the first."), _("Choose the days again.")),
    "channels.scope": (_("That is too much for one authorisation."), _("Divide it into several.")),
    "channels.no_reason": (_("A reason is needed."), _("Say in a few words why. It stands in the evidence log.")),
    "channels.staff_number": (_("A staff number has 1 to 24 characters."), _("Write it as it stands on the badge.")),
    "channels.no_account": (_("The seller has no such account."), _("Choose one of the list.")),
    "channels.staff_known": (
        _("This account or this number is staff already."),
        _("Take another number, or end the earlier one first."),
    ),
    "orders.too_long": (
        _("What must be told of this tariff does not fit into a message."),
        _("Its terms have to be written shorter before it can be offered."),
    ),
    "orders.no_such_plan": (
        _("No tariff of this code or name stands in the disclosure zone."),
        _("What is not published cannot be sold. Look it up there, and mind each digit of the code."),
    ),
}
