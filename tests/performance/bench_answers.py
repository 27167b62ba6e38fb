"""What putting a verdict into a SIP answer costs, beside making the verdict."""

from __future__ import annotations

from tests.performance.harness import Row, main, median_seconds, row

from mingbai.gate.check import Answer
from mingbai.gate.decide import Call, Verdict, policy_of
from mingbai.gate.hosts.sip import config
from mingbai.gate.hosts.sip.answers import reply
from mingbai.kernel import profile
from mingbai.kernel.msisdn import parse

CALLS = 50_000
FIRMS = 500
TRUNK = """
redress = "https://gate.example.cn"
[[trunk]]
name = "line-1"
sources = ["192.0.2.1"]
"""


def run() -> list[Row]:
    rules = profile.parse(profile.packaged("cn-2018-whitelist"), "profile.toml")
    said = policy_of(rules).said
    labelled = [said["labelled"]._replace(label=f"某某银行第{firm}分行 客服电话") for firm in range(FIRMS)]
    return [
        cost(rules, labelled, "a label into a SIP answer, of 500 firms", 3.0),
        cost(rules, [said["unconsented"]], "a refusal with the address of its card into a SIP answer", 1.0),
        cost(rules, [said["malformed"]], "a refusal into a SIP answer", 1.0),
        cost(rules, [said["passed"]], "a call that goes on into a SIP answer", 2.0),
    ]


def cost(rules: profile.Profile, verdicts: list[Verdict], what: str, most: float) -> Row:
    """Microseconds a call."""
    settings = config.parse(TRUNK, rules)
    (trunk,), styles = settings.trunks, rules.sip.styles
    call = Call(parse("95533"), parse("13912345678"))
    answers = [Answer(verdict, call, f"{'0' * 32}-{at}", 1) for at, verdict in enumerate(verdicts * 10)]

    def act() -> None:
        for _ in range(CALLS // len(answers)):
            for answer in answers:
                reply(answer, "+8613912345678", trunk, settings, styles, has_608=True, caller="95533")

    act()
    found = median_seconds(act) / (CALLS // len(answers) * len(answers)) * 1e6
    return row(what, found, "µs", target=f"≤ {most:g}", met=found <= most)


if __name__ == "__main__":
    main(run)
