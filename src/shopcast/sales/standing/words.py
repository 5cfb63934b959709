"""The words of standing orders: what is agreed to, why one ended, and the mails, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.sales.payments.failures import failure_message
from shopcast.sales.receipts.words import money_text
from shopcast.sales.standing.model import StandingKind

CONSENT: Final[Mapping[StandingKind, Mapping[Language, str]]] = {
    StandingKind.PRICE: {
        "en": "Buy {quantity} × {what} for me as soon as one costs {limit} or less, until {until}. {seller} may then "
        "charge my saved card once, without asking again, {cap} at most, shipping and tax included. I can cancel this "
        "at any time before it happens.",
        "zh": "在 {until} 之前，只要“{what}”单件价格不高于 {limit}，即为我购买 {quantity} 件。"
        "届时 {seller} 可直接从我保存的银行卡扣款一次，无需再次确认，含运费和税费最多 {cap}。在成交前我可随时取消。",
    },
    StandingKind.RESTOCK: {
        "en": "Buy {quantity} × {what} for me as soon as it is in stock again at {limit} or less apiece, until "
        "{until}. {seller} may then charge my saved card once, without asking again, {cap} at most, shipping and tax "
        "included. I can cancel this at any time before it happens.",
        "zh": "在 {until} 之前，只要“{what}”恢复有货且单件价格不高于 {limit}，即为我购买 {quantity} 件。"
        "届时 {seller} 可直接从我保存的银行卡扣款一次，无需再次确认，含运费和税费最多 {cap}。在成交前我可随时取消。",
    },
}

# Why it ended without a purchase, where it is not the bank's reason.
FAILURES: Final[Mapping[str, Mapping[Language, str]]] = {
    "turn_missed": {
        "en": "Your turn ran out before you paid, so it went to the next person.",
        "zh": "您未在规定时间内付款，名额已让给下一位。",
    },
    "turn_declined": {
        "en": "You gave your turn back, so it went to the next person.",
        "zh": "您放弃了名额，已让给下一位。",
    },
    "sales.over_the_cap": {
        "en": "With shipping and tax it would have cost more than you allowed.",
        "zh": "加上运费和税费后超出您允许的金额。",
    },
    "sales.mandate_over": {
        "en": "The permission to charge your card was withdrawn, used up or over.",
        "zh": "扣款授权已撤回、用尽或过期。",
    },
    "sales.payment_method_missing": {
        "en": "The saved card is no longer there.",
        "zh": "已保存的银行卡不可用。",
    },
    "sales.does_not_ship": {
        "en": "The seller no longer ships to your address.",
        "zh": "卖家不再发货至您的地址。",
    },
    "sales.restricted": {
        "en": "Your buying is restricted for now; see “Restrictions” in your account.",
        "zh": "您的购买功能暂时受限，详见账户中的“购买限制”。",
    },
    "sales.not_for_sale": {
        "en": "The item is no longer for sale.",
        "zh": "该商品已停止销售。",
    },
    "until_over": {
        "en": "The time you set ran out first.",
        "zh": "在您设定的时间内未能成交。",
    },
}

CHANGED_MEANWHILE: Final[Mapping[Language, str]] = {
    "en": "Something about the item or the order changed in that moment.",
    "zh": "商品或订单信息在此期间发生了变化。",
}

SUBJECTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "failed": {"en": "Not bought: {what}", "zh": "未能购买：{what}"},
    "turn": {"en": "It is your turn: {what}", "zh": "轮到您了：{what}"},
    "expired": {"en": "Your wish ran out: {what}", "zh": "预约单已到期：{what}"},
}
BODIES: Final[Mapping[str, Mapping[Language, str]]] = {
    "failed": {
        "en": "We could not buy {quantity} × {what} for you. {why}\n\nNothing was charged. See what you still wait "
        "for:\n{url}\n",
        "zh": "未能为您购买 {quantity} 件“{what}”。{why}\n\n未扣款。查看您的预约单：\n{url}\n",
    },
    "turn": {
        "en": "{quantity} × {what} is set aside for you at {price} until {until}. Pay before then, or it goes to the "
        "next person:\n{url}\n\nNothing is charged unless you pay.\n",
        "zh": "已为您预留 {quantity} 件“{what}”，单价 {price}，保留至 {until}。"
        "请在此之前付款，否则将让给下一位：\n{url}\n\n"
        "未付款前不会产生任何费用。\n",
    },
    "expired": {
        "en": "You waited for {quantity} × {what} until {until}. It did not come to that, and nothing was charged.\n\n"
        "See what you still wait for:\n{url}\n",
        "zh": "您等待的 {quantity} 件“{what}”截至 {until} 未能成交，未扣款。\n\n查看您的预约单：\n{url}\n",
    },
}


def consent_text(
    kind: StandingKind,
    what: str,
    quantity: int,
    limit: Money,
    cap: Money,
    until: datetime,
    seller: str,
    language: Language,
) -> str:
    return CONSENT[kind][language].format(
        quantity=quantity,
        what=what,
        limit=money_text(limit),
        cap=money_text(cap),
        until=local_text(until),
        seller=seller,
    )


def what_text(title: str, variant_title: str) -> str:
    return f"{title} ({variant_title})" if variant_title else title


def local_text(at: datetime) -> str:
    """In the offset it was said in."""
    offset = at.strftime("%z")
    return f"{at:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def failure_text(code: str, language: Language) -> str:
    """Ours, or the bank's reason; a refusal of ours without words here is not the bank's doing."""
    own = FAILURES.get(code)
    if own is not None:
        return own[language]
    return CHANGED_MEANWHILE[language] if "." in code or code == "not_found" else failure_message(code, language)
