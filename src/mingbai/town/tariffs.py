"""The tariffs of the town's operator: a file of a dozen as its marketing department sends it, some with faults.

Whoever knows the town knows which are faulty: `FAULTY` are imported like the rest and stay drafts.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingbai.kernel.problems import Problem
from mingbai.tariffs import actions, queries, rules

HEAD = (
    "方案编号", "名称", "资费类型", "资费标准", "资费单位", "语音", "通用流量", "短信", "宽带", "适用范围", "适用地区",
    "销售渠道", "上线日期", "下线日期", "有效期限", "在网要求", "退订方式", "违约责任", "超出资费说明", "其他说明",
)  # fmt: skip
_LEAVE = "营业厅、手机营业厅或热线随时退订，次月生效"
_BEYOND = "超出流量 0.29 元/MB，超出语音 0.15 元/分钟"
_ALL = "营业厅、手机营业厅、热线、代理商"


def _row(code: str, name: str, kind: str, fee: str, voice: str, data: str, **more: str) -> tuple[str, ...]:
    cells = {
        "方案编号": code, "名称": name, "资费类型": kind, "资费标准": fee, "资费单位": "元/每1月", "语音": voice,
        "通用流量": data, "短信": "0", "宽带": "0", "适用范围": "公众用户", "适用地区": "全国", "销售渠道": _ALL,
        "上线日期": "20260101", "下线日期": "20391231", "有效期限": "长期有效", "在网要求": "无", "退订方式": _LEAVE,
        "违约责任": "无", "超出资费说明": _BEYOND, "其他说明": "",
    }  # fmt: skip
    return tuple((cells | more)[name] for name in HEAD)


GOOD: tuple[tuple[str, ...], ...] = (
    _row("26QT000001", "青山轻享套餐19元", "套餐", "19", "50分钟", "5GB"),
    _row("26QT000002", "青山畅聊5G套餐59元", "套餐", "59", "300分钟", "40GB"),
    _row("26QT000003", "青山畅聊5G套餐79元", "套餐", "79", "500分钟", "60GB"),
    _row("26QT000004", "青山大流量5G套餐99元", "套餐", "99", "500分钟", "120GB"),
    _row("26QT000005", "青山旧版套餐88元", "套餐", "88", "300分钟", "50GB"),
    _row("26QT000006", "青山银龄套餐29元", "套餐", "29", "200分钟", "10GB", 适用范围="60岁以上老年用户"),
    _row(
        "26QT000007", "青山5元10GB流量包", "加装包", "5", "-", "10GB", 超出资费说明="按所用套餐的标准",
        其他说明="每月自动续订、每月扣费，流量当月有效，可随时退订",
    ),
    _row("26QT000008", "青山校园套餐39元", "套餐", "39", "100分钟", "60GB", 适用范围="在校学生用户"),
    _row(
        "26QT000009", "青山合约套餐69元24个月", "套餐", "69", "500分钟", "80GB", 有效期限="24个月", 在网要求="24个月",
        违约责任="提前退订按剩余月数每月付 10 元",
    ),
)  # fmt: skip
FAULTY: tuple[tuple[str, ...], ...] = (
    _row("26QT000010", "青山超值套餐50G 59元", "套餐", "69", "300分钟", "10GB"),
    _row("26QT000011", "青山无限流量套餐129元", "套餐", "129", "1000分钟", "100GB", 其他说明="达量限速1Mbps"),
    _row(
        "26QT000012", "青山10元短信包100条", "加装包", "", "", "", 退订方式="详询客服", 违约责任="以实际为准", 短信=""
    ),
)


def publish(operator: int, writer: int, reviewer: int) -> None:
    """Import the file; publish what a careful reader finds nothing wrong with, one in an older version first."""
    older = tuple(cell.replace("40GB", "30GB") for cell in GOOD[1])
    _import([older], operator, writer, reviewer)
    _import([*GOOD, *FAULTY], operator, writer, reviewer)


def _import(rows: Sequence[Sequence[str]], operator: int, writer: int, reviewer: int) -> None:
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEAD, *rows))
    report = actions.import_tariffs(text.encode("gb18030"), account=writer, keep_good=True, operator=operator)
    if report.rejected:
        raise Problem("town.tariffs", f"row {report.rejected[0].row}: {report.rejected[0].code}")
    for one in report.taken:
        if one.outcome != "unchanged" and not rules.errors(one.findings):
            actions.submit(one.version, account=writer)
            for asked in rules.questions(queries.findings(one.version)):
                actions.answer(one.version, key=rules.key(asked), account=reviewer, text="已核实，属实")
            actions.publish(one.version, account=reviewer)
