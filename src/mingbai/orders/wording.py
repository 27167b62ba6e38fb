"""What a subscriber is shown and told, made from the published tariff by the house alone, never by a seller. Pure.

办理说明 after 工信部 2025-04-30 明白办、放心用: name, number, every price, term, penalty, how to leave, when it begins.
`lang` is “zh” or “en”, as the subscriber wishes; what the tariff itself says stays in the words it was published in.
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
    Kind.PURCHASE: {"zh": "办理", "en": "Order"},
    Kind.GIFT: {"zh": "免费赠送", "en": "Free gift"},
    Kind.TRIAL: {"zh": "试用", "en": "Trial"},
    Kind.AFTER_TRIAL: {"zh": "试用期满续用", "en": "After the trial"},
    Kind.RENEWAL: {"zh": "续约", "en": "Renewal"},
    Kind.BILLING: {"zh": "代扣费", "en": "Charged with your phone bill"},
}
# Of the 办理说明, a sentence each: {0} is the tariff's own text. Chinese sentences follow each other without a space.
_SENTENCES = {
    "zh": {
        "what": "{0}：{1}（方案编号{2}），由{3}受理。", "price": "资费：{0}。",
        "payee": "收款方及内容：{0}，随话费代扣。",
        "after": "{0}。", "changed": "变更：{0}。", "start": "生效：{0}，此后确认的自确认之日起。",
        "term": "有效期限：{0}。",
        "beyond": "超出资费：{0}。", "penalty": "违约责任：{0}。", "leave": "退订方式：{0}。",
        "singles": "可单独办理：{0}。",
    },
    "en": {
        "what": "{0}: {1} (plan {2}), handled by {3}. ", "price": "Price: {0}. ",
        "payee": "Paid to, and for: {0}, charged with the phone bill. ", "after": "After it: {0}. ",
        "changed": "What changes: {0}. ", "start": "Begins: {0}, or on the day of your yes if that is later. ",
        "term": "Term: {0}. ",
        "beyond": "Beyond the allowance: {0}. ", "penalty": "Penalty: {0}. ", "leave": "How to leave: {0}. ",
        "singles": "Offered singly too: {0}. ",
    },
}  # fmt: skip
LONGEST = 1500  # characters of a 办理说明: two dozen SMS


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


def description(kind: Kind, terms: Terms, lang: str = "zh") -> str:
    """办理说明: exactly what the subscriber is shown, on every way."""
    say = _SENTENCES[lang]
    lines = [say["what"].format(_HEADS[kind][lang], terms.name, terms.code, terms.seller)]
    told = {
        "price": terms.price, "payee": terms.payee, "after": terms.after, "changed": terms.changed,
        "start": terms.start, "term": terms.term, "beyond": "" if terms.beyond == "无" else terms.beyond,
        "penalty": terms.penalty, "leave": terms.leave, "singles": "；".join(terms.singles),
    }  # fmt: skip
    lines += [say[name].format(bare(text)) for name, text in told.items() if bare(text)]
    return " ".join("".join(lines).split())


def head(kind: Kind, lang: str) -> str:
    """What kind of order it is, in a word."""
    return _HEADS[kind][lang]


def bare(text: str) -> str:
    """A text of the tariff as it stands inside a sentence of ours: the sentence has the full stop."""
    return text.strip().rstrip("。")


def answer(word: str, until: datetime, lang: str) -> str:
    """How to say yes to an offer. `word`: the three digits that a reply has to name, "" when a bare Y is enough."""
    reply = f"Y{word}"
    if lang == "en":
        return f"To agree, reply “{reply}” by {until:%d %b, %H:%M}. Anything else, or nothing, is a no"
    return f"如确认办理，请于{until:%m月%d日%H:%M}前回复“{reply}”；回复其他内容或不回复均不办理"


def success(terms: Terms, order: int, lang: str) -> dict[str, str]:
    """The values of a message of kind success."""
    number = f"{terms.name} (plan {terms.code}, order {order})" if lang == "en" else (
        f"{terms.name}（方案编号{terms.code}，受理单号{order}）"
    )  # fmt: skip
    return {
        "what": number, "price": bare(terms.price), "starts": terms.start, "term": bare(terms.term),
        "penalty": bare(terms.penalty), "leave": bare(terms.leave),
    }  # fmt: skip


def failure(terms: Terms, order: int, why: str, lang: str) -> dict[str, str]:
    """The values of a message of kind failure."""
    number = f"{terms.name} (order {order})" if lang == "en" else f"{terms.name}（受理单号{order}）"
    return {"what": number, "why": bare(why) or ("no reason was given" if lang == "en" else "未说明")}


def lapsed(terms: Terms, order: int, lang: str) -> dict[str, str]:
    return failure(terms, order, "it is not on sale any more" if lang == "en" else "该方案已不再可售", lang)


_TEXTS = {
    "stayed": (
        "【明白】退订未成：{name}（受理单号{order}），原因：{why}。该业务仍有效，请再次退订或联系客服。",
        "[Mingbai] You have not left {name} (order {order}): {why}. It still runs. Leave again, or ask the hotline.",
    ),
    "left": ("【明白】已退订：{name}（受理单号{order}）。", "[Mingbai] You have left {name} (order {order})."),
    "trial_over": (
        "【明白】试用已到期并终止：{name}（受理单号{order}），未转为收费业务。",
        "[Mingbai] The trial of {name} (order {order}) is over. Nothing paid follows.",
    ),
    "bare": (
        "【明白】未能确认“{name}”：确认请只回复“Y”，不办理请回复“不办”或不回复。未确认前不办理、不收费。",
        "[Mingbai] That was no clear yes to “{name}”. To agree, reply “Y” alone; to decline, reply “NO” or nothing."
        " Until then nothing is done or charged.",
    ),
    "several": (
        "【明白】您有多项待确认的办理，请回复其中一项：{list}。未确认前均不办理、不收费。",
        "[Mingbai] Several offers wait for you. Reply one of: {list}. Until then nothing is done or charged.",
    ),
    "one_of_several": ("“Y{word}”确认“{name}”", "“Y{word}” for “{name}”"),
    "too_late": (
        "【明白】“{name}”的确认已过期或已撤回，未办理，未产生费用。",
        "[Mingbai] Too late: the offer of “{name}” has run out or was taken back. Nothing was done or charged.",
    ),
    "already": (
        "【明白】“{name}”此前已确认，不会重复办理、重复收费。",
        "[Mingbai] “{name}” was confirmed before. Nothing is done or charged twice.",
    ),
    "declined": (
        "【明白】已按您的意思不办理“{name}”，未产生费用。",
        "[Mingbai] As you wish: “{name}” is not done, and nothing is charged.",
    ),
    "nothing_open": (
        "【明白】您没有待确认的办理，未办理任何业务，未产生费用。",
        "[Mingbai] No offer waits for your answer. Nothing was done or charged.",
    ),
    "code": (
        "{shown}验证码一经提供即表示您确认办理上述内容。",
        "{shown} Whoever gets the code from you has your yes to exactly this. ",
    ),
    "presence": (
        "您正在{seller}签字办理“{name}”（受理单号{order}）。此验证码只用于核验本号码在您手中；签字确认前不办理、不收费。",
        "You are about to sign for “{name}” at {seller} (order {order}). This code only shows that the number is in"
        " your hands; nothing is done or charged before you sign. ",
    ),
}


def text(which: str, lang: str, /, **values: object) -> str:
    """One of the texts that are no notice of a kind of their own."""
    return _TEXTS[which][lang == "en"].format_map(values)


def how_to_answer(open_orders: list[tuple[str, str]], lang: str, *, bare: bool) -> str:
    """Told to who answered otherwise. `open_orders`: (name, word); `bare`: a Y alone is enough, there is only one."""
    if bare:
        return text("bare", lang, name=open_orders[0][0])
    each = [text("one_of_several", lang, name=name, word=word) for name, word in open_orders]
    return text("several", lang, list=("; " if lang == "en" else "；").join(each))


def terms_of(stored: dict[str, Any]) -> Terms:
    """Terms as an order keeps them."""
    return Terms(**{**stored, "singles": tuple(stored["singles"])})
