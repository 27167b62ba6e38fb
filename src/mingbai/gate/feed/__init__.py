"""Changes → the gate's facts; the gate's journal → lake and ledger. The only part of the gate with Django.

Django loads this package before the tables exist, so that the functions below import theirs when called.
"""

from __future__ import annotations

from mingbai.kernel.home import Home


def step(home: Home) -> int:
    """Bring the facts one step nearer to the ledger's order; how many changes and rows were applied.

    Small changes go before the next rows of an import. 0: nothing was waiting.
    """
    from mingbai.gate.feed.following import follower

    return follower(home).step()


def catch_up(home: Home) -> int:
    """Steps until nothing is waiting; how many changes and rows were applied."""
    total = 0
    while done := step(home):
        total += done
    return total


def rebuild(home: Home) -> int:
    """Make the facts anew from the database alone and put them in force; how many subscribers they have.

    The gate goes on with the old ones meanwhile.
    """
    from mingbai.gate.feed.rebuilding import rebuild as run

    return run(home)
