"""What may be done to subscribers, organisations, accounts and API keys: a function a verb, its ledger entry inside."""

from mingbai.people.actions.organisations import (
    KEY_PREFIX,
    create_account,
    create_api_key,
    create_organisation,
    revoke_api_key,
    set_account_active,
    set_organisation_state,
    set_password,
)
from mingbai.people.actions.subscribers import (
    SINCE_EVER,
    ensure_selected,
    ensure_subscriber,
    ensure_subscribers,
    erase,
    erase_due,
    forget,
    look_at_subscriber,
    recycle,
    restrict,
    retain,
)

__all__ = [
    "KEY_PREFIX",
    "SINCE_EVER",
    "create_account",
    "create_api_key",
    "create_organisation",
    "ensure_selected",
    "ensure_subscriber",
    "ensure_subscribers",
    "erase",
    "erase_due",
    "forget",
    "look_at_subscriber",
    "recycle",
    "restrict",
    "retain",
    "revoke_api_key",
    "set_account_active",
    "set_organisation_state",
    "set_password",
]
