"""The words of receipts and mails, in both languages; money and dates as text."""

from collections.abc import Mapping
from datetime import datetime

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money, minor_digits
from shopcast.sales.orders.model import OrderView
from shopcast.sales.receipts.notify import MailKind

LABELS: Mapping[str, Mapping[Language, str]] = {
    "receipt": {"en": "Receipt", "zh": "收据"},
    "order": {"en": "Order", "zh": "订单"},
    "placed": {"en": "Placed", "zh": "下单时间"},
    "paid": {"en": "Paid", "zh": "付款时间"},
    "paid_with": {"en": "Paid with", "zh": "支付方式"},
    "seller": {"en": "Seller", "zh": "卖家"},
    "to": {"en": "Delivered to", "zh": "收货信息"},
    "item": {"en": "Item", "zh": "商品"},
    "quantity": {"en": "Qty", "zh": "数量"},
    "price": {"en": "Price", "zh": "单价"},
    "amount": {"en": "Amount", "zh": "金额"},
    "items": {"en": "Items", "zh": "商品小计"},
    "discount": {"en": "Discount", "zh": "优惠"},
    "discount_code": {"en": "{label} (code {code})", "zh": "{label}（优惠码 {code}）"},
    "discount_from_platform": {"en": "{label}, paid by the platform", "zh": "{label}（平台承担）"},
    "gift": {"en": "Gift", "zh": "赠品"},
    "shipping": {"en": "Shipping", "zh": "运费"},
    "shipping_discount": {"en": "Shipping: {label}", "zh": "运费：{label}"},
    "card_total": {"en": "Charged to you, rate {rate}", "zh": "实际扣款，汇率 {rate}"},
    "duties_note": {
        "en": "Import duties and taxes are not included. They are asked for on arrival; our estimate is {amount}.",
        "zh": "不含进口关税及税费，由海关在到货时收取，预计约 {amount}（仅供参考）。",
    },
    "tax_included": {"en": "Tax included, {rate}", "zh": "已含税费 {rate}"},
    "tax_added": {"en": "Tax, {rate}", "zh": "税费 {rate}"},
    "total": {"en": "Total", "zh": "合计"},
    "refunded": {"en": "Refunded", "zh": "已退款"},
    "number": {"en": "No. {number}", "zh": "{number} 号"},
    "terms": {"en": "Terms", "zh": "条款版本"},
    "state_cancelled": {"en": "Cancelled", "zh": "已取消"},
    "state_refunded": {"en": "Refunded", "zh": "已退款"},
    "state_paid": {"en": "Paid", "zh": "已付款"},
    "state_placed": {"en": "Placed", "zh": "已下单"},
    "whole_text": {
        "en": "Signs this document can't show are on the order's page.",
        "zh": "本文件无法显示的字符，请在订单页面查看。",
    },
}

SUBJECTS: Mapping[MailKind, Mapping[Language, str]] = {
    MailKind.PAID: {"en": "Your order {number}", "zh": "您的订单 {number}"},
    MailKind.PLACED: {"en": "We are waiting for your payment of order {number}", "zh": "订单 {number} 正在等待到账"},
    MailKind.UNPAID: {"en": "Your order {number} was not paid", "zh": "您的订单 {number} 未完成付款"},
    MailKind.CANCELLED: {"en": "Your order {number} is cancelled", "zh": "您的订单 {number} 已取消"},
    MailKind.REFUNDED: {"en": "Your refund for order {number}", "zh": "订单 {number} 的退款"},
    MailKind.LINK: {"en": "The link to your order {number}", "zh": "您的订单 {number} 的链接"},
}

OPENINGS: Mapping[MailKind, Mapping[Language, str]] = {
    MailKind.PAID: {
        "en": "Thank you, {name}. {seller} has your order {number} and your payment of {total}.",
        "zh": "{name}，您好！{seller} 已收到您的订单 {number} 及付款 {total}。",
    },
    MailKind.PLACED: {
        "en": "Thank you, {name}. {seller} has your order {number}. As soon as your payment of {total} arrives, we tell"
        " you; your items are kept for you until then.",
        "zh": "{name}，您好！{seller} 已收到您的订单 {number}。付款 {total} 到账后我们会通知您，在此之前商品为您保留。",
    },
    MailKind.UNPAID: {
        "en": "Your payment of {total} for order {number} at {seller} did not arrive, so the order is cancelled and"
        " nothing is owed. You are welcome to order again and pay another way.",
        "zh": "您在 {seller} 的订单 {number} 的付款 {total} 未能到账，订单已取消，您无需支付任何费用。"
        "欢迎更换支付方式重新下单。",
    },
    MailKind.CANCELLED: {
        "en": "Order {number} at {seller} is cancelled. {total} is on its way back to you.",
        "zh": "您在 {seller} 的订单 {number} 已取消，{total} 正在退回。",
    },
    MailKind.REFUNDED: {
        "en": "{seller} has sent {refunded} for order {number} back to you. Your bank may take a few days to show it.",
        "zh": "{seller} 已退还订单 {number} 的款项 {refunded}。到账可能需要数个工作日。",
    },
    MailKind.LINK: {
        "en": "{name}, here is the link to your order {number} at {seller} again.",
        "zh": "{name}，您好！这是您在 {seller} 的订单 {number} 的链接。",
    },
}

LINK_LINE: Mapping[Language, str] = {
    "en": "See the order, change the address or cancel until it is packed:",
    "zh": "查看订单、修改地址，或在打包前取消：",
}
PRIVATE_LINE: Mapping[Language, str] = {
    "en": "Whoever has this link can see the order. Keep it to yourself.",
    "zh": "持有此链接的人都能查看订单，请勿转发。",
}
RETURNED_SUBJECT: Mapping[Language, str] = {"en": "Your payment comes back to you", "zh": "您的付款将退回"}
RETURNED_FOOT: Mapping[Language, str] = {
    "en": "You need not do anything. Amount: {total}.",
    "zh": "您无需任何操作。金额：{total}。",
}


def discount_rows(order: OrderView, language: Language, of_shipping: bool) -> list[tuple[str, Money]]:
    """What each promotion took off the goods, or off the shipping."""
    rows: dict[str, Money] = {}
    for one in order.adjustments:
        if (one.line_id is None) is not of_shipping:
            continue
        name = one.label if one.code is None else label("discount_code", language, label=one.label, code=one.code)
        if one.funded_by == "platform":
            name = label("discount_from_platform", language, label=name)
        if one.line_id is None:
            name = label("shipping_discount", language, label=name)
        rows[name] = rows[name] + one.amount if name in rows else one.amount
    return list(rows.items())


def label(key: str, language: Language, **params: str) -> str:
    return LABELS[key][language].format_map(params)


def money_text(money: Money) -> str:
    """ "EUR 1,234.50": exact, the same everywhere; pages format for the eye."""
    digits = minor_digits(money.currency)
    sign = "-" if money.amount_minor < 0 else ""
    whole, fraction = divmod(abs(money.amount_minor), 10**digits)
    decimals = f".{fraction:0{digits}d}" if digits else ""
    return f"{money.currency} {sign}{whole:,}{decimals}"


def rate_text(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    decimals = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}%"


def instant_text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
