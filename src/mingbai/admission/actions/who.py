"""Whose hand it is: each act asks the account that does it, whatever face it came through."""

from __future__ import annotations

from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.people.queries import AccountView
from mingbai.people.rules import may

OPERATOR = "operator"


def _able(account: int, verb: str) -> tuple[AccountView, str]:
    """The account and its organisation's kind. Raises Problem when its role may not do `verb`."""
    found = people.account_by_id(account)
    firm = people.organisation(found.organisation) if found and found.is_active else None
    if found is None or firm is None or firm.state != "active" or not may(found.role, verb):
        raise Problem("admission.not_yours", "this account may not do that", where="account", status=403)
    return found, firm.kind


def staff(account: int, verb: str) -> None:
    """Raises Problem unless the account is one of an operator's staff whose role may do `verb`."""
    _found, kind = _able(account, verb)
    if kind != OPERATOR:
        raise Problem("admission.not_yours", "an operator's staff does that", where="account", status=403)


def of_firm(account: int, verb: str, organisation: int) -> None:
    """Raises Problem unless the account is the firm's own, with a role that may do `verb`."""
    found, _kind = _able(account, verb)
    if found.organisation != organisation:
        raise Problem("admission.not_yours", "this is another firm's", where="account", status=403)


def for_firm(account: int, verb: str, organisation: int) -> None:
    """As `of_firm`, or an operator's staff who does it for the firm."""
    found, kind = _able(account, verb)
    if found.organisation != organisation and kind != OPERATOR:
        raise Problem("admission.not_yours", "this is another firm's", where="account", status=403)
