"""Why a row of a whitelist is not taken, and what mends it."""

from __future__ import annotations

from mingbai.kernel.faults import BadRow as BadRow
from mingbai.kernel.faults import Faults

_NUMBER = ("写作13812345678、021-60876100或加国家码", "write 13812345678, 021-60876100, or “+” and the country code")
_DAY = ("写作2026-01-31或2026-01-31 09:30:00", "write 2026-01-31 or 2026-01-31 09:30:00")
_HASH = ("填写证明文件的SHA-256，64位十六进制", "give the SHA-256 of the proof file, 64 hexadecimal digits")

# A row is told its first fault, in this order. The place in the list is what the staging process stores; append only.
_FAULTS = Faults(
    "import",
    (
        "", "cells", "列数与表头不符", "not as many cells as the header",
        "补齐或删去多余的列", "give one cell for each column",
    ),
    ("msisdn", "msisdn_missing", "缺少号码", "there is no number", *_NUMBER),
    ("msisdn", "msisdn_unreadable", "不是有效的号码", "not a number that anybody can have", *_NUMBER),
    (
        "reference", "reference_missing", "缺少凭证编号", "there is no reference of the proof",
        "填写合同、录音或工单编号", "give the number of the contract, recording or ticket",
    ),
    (
        "reference", "reference_unreadable", "凭证编号过长或含控制字符",
        "the reference is too long or no plain line",
        "不超过120个字节的一行文字", "one line of at most 120 bytes",
    ),
    ("proof_sha256", "proof_missing", "缺少证明文件的哈希", "there is no hash of the proof", *_HASH),
    ("proof_sha256", "proof_unreadable", "哈希格式不对", "this is no SHA-256", *_HASH),
    ("given_at", "given_missing", "缺少同意时间", "there is no time of consent", *_DAY),
    ("given_at", "given_unreadable", "没有这个日期或时间", "there is no such date or time", *_DAY),
    (
        "given_at", "given_early", "同意时间早于2000年", "the consent is from before the year 2000",
        "核对年份", "check the year",
    ),
    (
        "given_at", "given_future", "同意时间在将来", "the consent lies in the future",
        "核对日期与时区", "check the date and the time zone",
    ),
    ("expires_at", "expires_unreadable", "没有这个到期日期", "there is no such date of expiry", *_DAY),
    (
        "expires_at", "expires_before", "到期不晚于同意", "it expires no later than it was given",
        "核对两个时间", "check both times",
    ),
    (
        "expires_at", "expired", "同意已到期", "the consent has expired",
        "请用户重新同意后再导入", "ask the subscriber again, then import",
    ),
    (
        "msisdn", "duplicate", "与前面的行号码重复", "an earlier row has the same number",
        "每个号码只保留一行", "keep one row for a number",
    ),
    (
        "given_at", "recycled", "同意早于该号码现用户启用（二次放号）",
        "the consent is older than the number's present user (recycled number)",
        "删去该行；须由现用户本人同意", "drop the row; the present user has to agree",
    ),
    (
        "msisdn", "refused", "用户已拒绝或撤回，导入不能推翻",
        "the subscriber has refused; no import overrides that",
        "删去该行；只有用户本人可以重新同意", "drop the row; only the subscriber can open it again",
    ),
    (
        "msisdn", "suspended", "该号码属于已暂停的批次", "the number stands in a batch that is suspended",
        "先就该批次举证", "show that batch's proof first",
    ),
    (
        "msisdn", "msisdn_service", "这是服务号码，不是个人号码", "this is a service's number, not a person's",
        "填写手机、固定电话或境外号码", "give a mobile or fixed number, or one of another country",
    ),
)  # fmt: skip

FAULTS, number, bad_row = _FAULTS.listed, _FAULTS.number, _FAULTS.bad_row
