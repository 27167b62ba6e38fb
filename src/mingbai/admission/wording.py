"""The contract as it is shown and signed, in Chinese, with its safety clause; nothing in it is left to be filled in."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from mingbai.admission.models import Application
from mingbai.admission.rules.declared import clock_of
from mingbai.admission.rules.words import Sort
from mingbai.kernel import clock, profile
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.terms import Use
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

USES = {
    "marketing": "营销", "service": "客服", "notification": "通知", "survey": "回访、调查", "collection": "催收",
}  # fmt: skip


def contract(row: Application) -> str:
    """The whole text: parties, what is given, the safety clause, consequences."""
    names = people.organisation_names(
        firm for firm in (row.applicant_id, row.principal_id, row.carrier_id, row.reseller_id) if firm
    )
    policy = profile.load(settings.HOME)
    lines = [
        "码号（线路）接入与使用安全合同",
        f"合同编号：RW-{row.id}    日期：{timezone.localtime(clock.now()):%Y年%m月%d日}",
        f"甲方（接入方，运营商）：{names[row.carrier_id]}",
        f"乙方（使用主体）：{names[row.applicant_id]}",
        f"委托方：{names[row.principal_id]}",
        *([f"转售方：{names[row.reseller_id]}"] if row.reseller_id else []),
        "",
        "一、接入内容",
        f"1. 接入的码号或线路：{_wanted(row)}。",
        f"2. 可送出的主叫号码：{'、'.join(_range(low, high) for low, high in row.sendable)}。",
        f"3. 使用的中继：{'、'.join(_trunks(row)) or '由甲方指定'}。",
        f"4. 申报用途：{USES[row.use]}。业务说明：{row.about}。",
        "",
        "二、安全条款",
        f"5. 呼叫频次：每分钟不超过 {row.per_minute} 次，每小时不超过 {row.per_hour} 次，每日不超过 {row.per_day} 次；"
        "每个号码与乙方全部号码合计均适用，超出的呼叫由网络直接拒接。",
        f"6. 呼叫时段：{clock_of(row.from_minute)} 至 {clock_of(row.to_minute)}（被叫当地时间），时段以外不呼出。",
        f"7. 同意义务：{_consent(row, policy)}用户明确拒绝后，不得以任何号码、经任何呼叫中心再次呼叫。",
        "8. 只使用本合同列明的主叫号码和中继，不改号、不虚拟主叫、不透传未登记号码，不转租、不转借。",
        "9. 外呼录音、主被叫号码、通话时间和同意证明按规定留存，甲方核实时应当提供。",
        f"10. 码号、用途、委托方、中继有变更的，应在 {policy.admission.refile_days} 个工作日内办理变更备案。",
        "11. 收到用户举报时，乙方应在甲方要求的期限内说明情况并提供材料。",
        "",
        "三、违约后果",
        "12. 违反安全条款的，甲方核实后可依次或直接：限制呼叫频次、暂停呼出、关停码号、终止合同、限制再次入网；"
        "涉嫌违法犯罪的移交公安机关。处置均告知理由、救济途径和所需材料，乙方可以申诉；查明有误的立即解除。",
        "13. 责任链：谁接入谁负责。乙方对委托方以本合同码号发起的每一次呼叫负责。",
        "",
        "四、期限与收回",
        f"14. 本合同自签署之日起生效。码号交回或关停后静默 {policy.admission.rest_days} 日，"
        "其后重新分配，与乙方再无关系。",
        "15. 乙方承诺：已取得上述业务所需的许可，申请材料真实；以本合同码号外呼的，本条即外呼书面承诺。",
    ]
    return "\n".join(lines)


def _consent(row: Application, policy: profile.Profile) -> str:
    if Use(row.use) in policy.gate.consent_required_uses:
        return "只呼叫已经明确同意的用户，并留存可以核验的同意证明；用户未明确同意的视为拒绝。"
    return "不得以申报用途之外的目的呼叫；营销呼叫须先取得用户明确同意。"


def _wanted(row: Application) -> str:
    if row.sort == Sort.LINE:
        return f"线路 {row.line}"
    return _range(str(row.first), str(row.last))


def _range(low: str, high: str) -> str:
    first, last = of_digits(low).national, of_digits(high).national
    return first if first == last else f"{first} 至 {last}"


def _trunks(row: Application) -> list[str]:
    return [found.name for trunk in row.trunks if (found := numbers.trunk(trunk)) is not None]
