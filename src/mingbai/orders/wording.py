"""What a subscriber is shown and told, made from the published tariff by the house alone, never by a seller. Pure.

办理说明 after 工信部 2025-04-30 明白办、放心用: name, number, every price, term, penalty, how to leave, when it begins.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from mingbai.kernel.money import yuan
from mingbai.orders.rules import Kind, Terms
from mingbai.tariffs.content import Content, Price, PriceKind, Unit

_UNITS = {
    Unit.DAY: "日", Unit.MONTH: "月", Unit.QUARTER: "季", Unit.YEAR: "年", Unit.ONCE: "次", Unit.MINUTE: "分钟",
    Unit.MB: "MB", Unit.GB: "GB", Unit.MESSAGE: "条",
}  # fmt: skip
_HEADS = {
    Kind.PURCHASE: "办理",
    Kind.GIFT: "免费赠送",
    Kind.TRIAL: "试用",
    Kind.AFTER_TRIAL: "试用期满续用",
    Kind.RENEWAL: "续约",
    Kind.BILLING: "代扣费",
}


def price(one: Price) -> str:
    """One price: “月功能费59.00元/月”, “超出流量100MB内0.29元/MB，其上0.10元/MB”."""
    unit = _UNITS[one.unit]
    if one.tiers:
        tiers = "，".join(
            f"{f'{tier.upto}{unit}内' if tier.upto is not None else '其上'}{yuan(tier.fen)}元/{unit}"
            for tier in one.tiers
        )
        return f"{one.what}{tiers}"
    each = "一次性" if one.kind == PriceKind.ONE_OFF else ""
    return f"{one.what}{each}{yuan(one.fen or 0)}元/{unit}"


def prices(content: Content) -> str:
    """Every price of a tariff, in its order."""
    return "，".join(price(one) for one in content.prices)


def after(content: Content) -> str:
    """What follows a tariff's trial."""
    if content.trial is None:
        return ""
    follow = content.trial.then.strip()
    if content.trial.then_fen is not None:
        month = f"{yuan(content.trial.then_fen)}元/月"
        follow = f"{follow}（{month}）" if follow else month
    if not follow:
        return f"试用{content.trial.days}天，期满自动终止"
    return f"试用{content.trial.days}天，期满自动终止，不自动转为收费；如需续用须您另行确认：{follow}"


def changed(before: Terms, now: Terms) -> str:
    """What a renewal changes, field by field; "" when nothing."""
    names = (("price", "资费"), ("term", "期限"), ("penalty", "违约责任"), ("leave", "退订"), ("beyond", "超出资费"))
    return "；".join(
        f"{word}由“{getattr(before, name)}”变为“{getattr(now, name)}”"
        for name, word in names
        if getattr(before, name) != getattr(now, name)
    )


def start(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def description(kind: Kind, terms: Terms) -> str:
    """办理说明: exactly what the subscriber is shown, on every way."""
    lines = [f"{_HEADS[kind]}：{terms.name}（方案编号{terms.code}），由{terms.seller}受理。"]
    lines.append(f"资费：{terms.price}。")
    if terms.payee:
        lines.append(f"收款方及内容：{terms.payee}，随话费代扣。")
    if terms.after:
        lines.append(f"{terms.after}。")
    if terms.changed:
        lines.append(f"变更：{terms.changed}。")
    lines.append(f"生效：{terms.start}。有效期限：{terms.term}。")
    if terms.beyond and terms.beyond != "无":
        lines.append(f"超出资费：{terms.beyond}。")
    lines.append(f"违约责任：{terms.penalty}。退订方式：{terms.leave}。")
    if terms.singles:
        lines.append(f"可单独办理：{'；'.join(terms.singles)}。")
    return "".join(line.replace("。。", "。") for line in lines)


def confirmation(shown: str, word: str, until: datetime) -> str:
    """The request for a yes. `word`: the three digits that a reply has to name, "" when a bare Y is enough."""
    reply = f"Y{word}"
    return (
        f"【明白】{shown}如确认办理，请于{until:%m月%d日%H:%M}前回复“{reply}”；不回复或回复其他内容均不办理，不产生费用。"
        f" Reply {reply} to agree; anything else, or nothing, is a no."
    )


def success(terms: Terms, order: int) -> str:
    return (
        f"【明白】办理成功：{terms.name}（方案编号{terms.code}），资费：{terms.price}，生效：{terms.start}，"
        f"有效期限：{terms.term}，违约责任：{terms.penalty}。退订方式：{terms.leave}。受理单号{order}。"
        f" Done, order {order}."
    )


def failure(terms: Terms, order: int, why: str) -> str:
    return f"【明白】未能办理：{terms.name}（受理单号{order}），原因：{why}。未产生费用。 Not done, nothing is charged."


def stayed(terms: Terms, order: int, why: str) -> str:
    return (
        f"【明白】退订未成：{terms.name}（受理单号{order}），原因：{why}。该业务仍有效，请再次退订或联系客服。"
        " Leaving failed, it still runs."
    )


def left(terms: Terms, order: int, *, trial: bool) -> str:
    if trial:
        return (
            f"【明白】试用已到期并终止：{terms.name}（受理单号{order}），未转为收费业务。"
            " The trial is over; nothing paid follows."
        )
    return f"【明白】已退订：{terms.name}（受理单号{order}）。 You have left, order {order}."


def lapsed(terms: Terms, order: int) -> str:
    return f"【明白】{terms.name}（受理单号{order}）已不再可售，未办理，未产生费用。 Not on sale any more."


def how_to_answer(open_orders: list[tuple[str, str]], *, bare: bool) -> str:
    """Told to who answered otherwise. `open_orders`: (name, word); `bare`: a Y alone is enough, there is only one."""
    if bare:
        name, _word = open_orders[0]
        return (
            f"【明白】未能确认“{name}”：确认请只回复“Y”，不办理请回复“不办”或不回复。未确认前不办理、不收费。"
            " Reply Y alone to agree."
        )
    lines = "；".join(f"“Y{word}”确认“{name}”" for name, word in open_orders)
    return f"【明白】您有多项待确认的办理，请回复其中一项：{lines}。未确认前均不办理、不收费。 Reply with its number."


def too_late(name: str) -> str:
    return f"【明白】“{name}”的确认已过期或已撤回，未办理，未产生费用。 Too late; nothing was done."


def already(name: str) -> str:
    return f"【明白】“{name}”此前已确认，不会重复办理、重复收费。 It was confirmed before; nothing is done twice."


def declined(name: str) -> str:
    return f"【明白】已按您的意思不办理“{name}”，未产生费用。 Nothing was done."


def code(shown: str) -> str:
    """What stands before a code: the code confirms this and nothing else."""
    return f"{shown}验证码一经提供即表示您确认办理上述内容。"


def terms_of(stored: dict[str, Any]) -> Terms:
    """Terms as an order keeps them."""
    return Terms(**{**stored, "singles": tuple(stored["singles"])})


def nothing_open() -> str:
    return "【明白】您没有待确认的办理，未办理任何业务，未产生费用。 No offer waits for your answer; nothing was done."
