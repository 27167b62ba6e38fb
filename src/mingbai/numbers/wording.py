"""Why a row of an import was not taken, in the reader's language, and what to do. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

_Pair = tuple[str, str]
_WORDS: Mapping[str, tuple[_Pair, _Pair]] = {
    "numbers.no_number": (
        ("没有号码", "there is no number"),
        ("填写号码，或起始号码和终止号码", "fill in number, or first and last"),
    ),
    "numbers.malformed": (
        ("不是电话号码", "this is no telephone number"),
        (
            "写成 13812345678、021-60876100、95533，或以“+”和国家码开头",
            "write it as 13812345678, 021-60876100, 95533, or with “+” and country code",
        ),
    ),
    "numbers.unallocated": (
        ("号段未分配，没有这样的号码", "no such number has been allocated"),
        ("核对号码", "correct the number"),
    ),
    "numbers.range_kinds": (
        ("起始和终止不是同一类号码", "first and last are numbers of different kinds"),
        ("分成两行登记", "write two rows"),
    ),
    "numbers.range_downwards": (("终止号码小于起始号码", "last comes before first"), ("两者对调", "exchange the two")),
    "numbers.range_too_wide": (
        ("号段超过一千万个号码", "a range holds at most 10,000,000 numbers"),
        ("分成多行登记", "write several rows"),
    ),
    "numbers.unknown_use": (
        ("用途不在列表中", "the use is none of the list"),
        (
            "填写 营销、客服、通知、调查、催收 或 个人",
            "write marketing, service, notification, survey, collection or personal",
        ),
    ),
    "numbers.unknown_industry": (
        ("行业不在列表中", "the industry is none of the list"),
        ("按列说明填写，或留空", "write a word of the list, or nothing"),
    ),
    "numbers.unknown_organisation": (
        ("没有登记过这个主体", "no organisation of this name is registered"),
        ("核对名称，或先登记该主体", "correct the name, or register the organisation first"),
    ),
    "numbers.foreign_holder": (
        ("只能登记本单位的号码", "only your own numbers can be registered here"),
        ("删去该行，或由该主体自行登记", "remove the row, or have that holder register it"),
    ),
    "numbers.organisation_state": (
        ("该主体已停用或注销", "the organisation is suspended or closed"),
        ("先恢复该主体", "make the organisation active first"),
    ),
    "numbers.unknown_trunk": (
        ("没有登记过这条中继", "no trunk of this name is registered"),
        ("核对中继名称", "correct the name of the trunk"),
    ),
    "numbers.personal_number": (
        ("呼叫中心不得使用个人号码外呼", "a call centre may not call out from personal numbers"),
        ("改用呼叫中心号码", "use a call-centre number"),
    ),
    "numbers.not_personal": (
        ("只有移动和固定电话可以申报个人用途", "only mobile and fixed numbers can be personal"),
        ("申报实际用途", "declare what it is used for"),
    ),
    "numbers.public": (
        ("紧急和公益号码不得用于营销、催收或个人", "emergency and public-interest numbers sell nothing"),
        ("申报客服或通知", "declare service or notification"),
    ),
    "numbers.label": (
        ("标注超过 40 字或含有控制字符", "a label has at most 40 plain characters"),
        ("缩短标注", "shorten it"),
    ),
    "numbers.limit": (
        ("频次上限不是整数或超出范围", "a limit is a whole number up to 10,000,000"),
        ("填写整数，或留空", "write a whole number, or nothing"),
    ),
    "numbers.taken": (
        ("号码或号段中的号码已经登记", "the number, or one of the range, is registered already"),
        ("先注销原登记", "close the present registration first"),
    ),
    "numbers.row_duplicate": (
        ("与文件中第 {other} 行的号码重复或重叠", "repeats or overlaps row {other} of this file"),
        ("只保留一行", "keep one of the two"),
    ),
    "numbers.row_both": (
        ("同时填写了号码和号段", "both a number and a range are filled in"),
        ("只填一种", "fill in one of them"),
    ),
    "numbers.row_yes_no": (("应填 是 或 否", "this is neither yes nor no"), ("填写 是 或 否", "write yes or no")),
    "numbers.row_surplus": (
        ("该行的格子多于表头", "the row has more cells than the header"),
        ("检查多余的分隔符，含分隔符的内容加引号", "look for a stray divider; quote cells that contain one"),
    ),
    "numbers.row_long_cell": (
        ("内容超过 200 字", "the cell is longer than 200 characters"),
        ("缩短内容", "shorten it"),
    ),
}


def codes() -> frozenset[str]:
    """Every code that a row can be rejected with."""
    return frozenset(_WORDS)


def told(code: str, **values: object) -> tuple[dict[str, str], dict[str, str]]:
    """Message and mend of a code, each in zh and en."""
    (zh, en), (mend_zh, mend_en) = _WORDS[code]
    return {"zh": zh.format(**values), "en": en.format(**values)}, {"zh": mend_zh, "en": mend_en}
