"""What a style of calling is: the ranges that each of its callers draws its own habits from."""

from __future__ import annotations

from dataclasses import dataclass

from mingbai.town.records.draws import Range

NONE: Range = (0.0, 0.0)


@dataclass(frozen=True)
class Style:
    """A style of calling, good or bad. Ranges are 5th and 95th percentiles over callers.

    Who: `per_million` callers for a million inhabitants; `sort`: what a useful caller is ("" for nuisance);
    `numbers`: shares of own private phones ("person"), fresh SIM cards ("mobile") and kinds of numbering.FIRST;
    `holder`: how many of its numbers one holder has; `registered`: share that is registered, `declared` as of which
    industry (kernel.terms.Industry), and for which `use`; `age_days` since then.
    How much: `rate` calls on a busy day, `busy` share of days that are, `quiet` calls on other days; `begins` hour,
    `hours` length of the working window, `night` share of calls outside of it, `steady`: evenly spaced, as machines do.
    Whom: `loyal` share of calls to its own `pool` of people, `refused` share to people who had refused the principal
    (`refusers` of them), `stale` share to numbers not in use, the others to strangers; `inbound`: how many of those
    called had called it before; `redial`: of those who did not answer, how many are tried again.
    How: `answer` (logit, on top of the callee's own), `patience` s of ringing, `talk` median s, `spread` log-sigma,
    `short` share hung up within 10 s, `message` s that a machine speaks; `returned`: share of missed people who ring
    back; `refusal`: share of those who answer and then say no; `agreed`: share of those called whose consent is on
    file; `respects`: refusals are kept; `sticky`: whoever refused is called again from the same number, else from any
    of the holder's; `principals`: most firms a holder calls for; `foreign`: share of numbers whose calls come in from
    another carrier or from abroad, whatever they show.
    """

    name: str
    per_million: int
    sort: str = ""
    numbers: tuple[tuple[str, float], ...] = (("mobile", 1.0),)
    holder: Range = (1, 1)
    registered: float = 0.0
    declared: str = ""
    use: str = ""
    age_days: Range = (120, 3000)
    rate: Range = (20, 60)
    busy: Range = (0.6, 0.95)
    quiet: float = 0.0
    begins: Range = (8.3, 10.0)
    hours: Range = (6, 10.5)
    night: Range = NONE
    steady: float = 0.0
    pool: Range = (100, 400)
    loyal: Range = NONE
    refused: Range = NONE
    refusers: Range = (30, 200)
    stale: Range = (0.002, 0.02)
    inbound: Range = (0.004, 0.08)
    redial: Range = (0.05, 0.3)
    answer: Range = (-0.6, 0.6)
    patience: Range = (18, 45)
    talk: Range = (18, 50)
    spread: Range = (0.7, 1.1)
    short: Range = (0.08, 0.3)
    message: Range = NONE
    returned: Range = (0.03, 0.12)
    refusal: float = 0.0
    agreed: Range = NONE
    respects: bool = True
    sticky: bool = True
    principals: int = 1
    foreign: float = 0.0

    @property
    def nuisance(self) -> bool:
        return not self.sort
