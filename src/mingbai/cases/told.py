"""What reporters are told, in words: by SMS, and in the log's entries."""

from __future__ import annotations

from typing import NamedTuple

from mingbai.cases.rules.reports import Note, Outcome, shown_follow
from mingbai.kernel.problems import Problem


class Words(NamedTuple):
    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang.startswith("zh") else self.en


OUTCOMES: dict[Outcome, Words] = {
    Outcome.MARKETING: Words(
        "举报属实：该号码未经同意拨打营销电话",
        "upheld: marketing without consent",
    ),
    Outcome.AFTER_REFUSAL: Words(
        "举报属实：该号码在对方明确拒绝后仍继续拨打",
        "upheld: calls after a clear refusal",
    ),
    Outcome.MALICIOUS: Words(
        "举报属实：该号码恶意骚扰",
        "upheld: malicious calls",
    ),
    Outcome.FRAUD: Words(
        "举报属实：该号码涉嫌诈骗",
        "upheld: suspected fraud",
    ),
    Outcome.LEGITIMATE: Words(
        "经核实，该来电属正常联系，举报已留存",
        "verified: the call was legitimate; your report is kept",
    ),
    Outcome.QUARREL: Words(
        "属个人之间的纠纷，不作为骚扰电话计入，举报已留存",
        "a dispute between private persons does not count; your report is kept",
    ),
    Outcome.NOT_PROVEN: Words(
        "经核实，现有材料不足以认定，举报已留存",
        "not proven by what we have; your report is kept",
    ),
    Outcome.NO_CALL: Words(
        "未查到该号码与您的通话记录，举报已留存，暂不计入",
        "no call from that number to yours is on record; your report is kept but does not count",
    ),
    Outcome.ACQUAINTANCE: Words(
        "您与该号码此前多次互有通话，举报已留存，暂不计入",
        "you and that number had called each other; your report is kept but does not count",
    ),
    Outcome.FORMER_USER: Words(
        "该号码已换给新用户，不追究新用户，举报已留存",
        "that number has a new user, who is not blamed; your report is kept",
    ),
}
NOTES: dict[Note, Words] = {
    Note.FOUND: Words("已查到这次呼叫", "the call is on record"),
    Note.AFTER_REFUSAL: Words("已查到这次呼叫，且此前已明确拒绝", "the call is on record, and was refused before"),
    Note.NO_RECORDS: Words("那时的呼叫记录不在库中", "the records do not reach back so far"),
    Note.NO_REPORTER: Words("没有举报人号码，无从核对呼叫", "no reporter's number to look up"),
    Note.REINSTATED: Words("经人工复核计入", "counts again after a person looked"),
}


def reason(word: str) -> Words:
    """An outcome or a note in words; the word itself for any other."""
    if word in set(Outcome):
        return OUTCOMES[Outcome(word)]
    return NOTES[Note(word)] if word in set(Note) else Words(word, word)


def received(follow: str, number: str, page: str) -> str:
    """The SMS that says that a report was taken."""
    shown = shown_follow(follow)
    return (
        f"【明白】已收到您对{number}的举报，查询编号{shown}，进展见{page}。"
        f"Your report on {number} is received: {shown}."
    )


def not_taken(problem: Problem, words: tuple[str, ...]) -> str:
    """The answer to an SMS that is no report that can be taken."""
    how = f"请发送“{words[0]} 号码 说明”，例如：{words[0]} 02160876100 推销。To report: {words[0]} NUMBER WHAT"
    why = {
        "reports.own": "这是您自己的号码。",
        "reports.no_call": "近期没有来电记录，无从得知您要举报哪个号码。",
        "reports.too_many": "您今天的举报已达上限，请明天再试，或拨打客服热线。Too many reports today.",
    }.get(problem.code, "未能识别要举报的号码。")
    return f"【明白】{why}" + ("" if problem.code == "reports.too_many" else how)
