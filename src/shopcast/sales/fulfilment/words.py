"""The words of slips, labels, and of the mails about what happens after buying, in both languages."""

from collections.abc import Mapping

from shopcast.kernel.errors import Language
from shopcast.sales.fulfilment.notify import AfterMailKind

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "label": {"en": "Label", "zh": "面单"},
    "packing_slip": {"en": "Packing slip", "zh": "装箱单"},
    "parcel": {"en": "parcel", "zh": "包裹"},
    "order": {"en": "Order", "zh": "订单"},
    "return_of": {"en": "Return of order", "zh": "退货，订单"},
    "from": {"en": "From", "zh": "寄件方"},
    "to": {"en": "To", "zh": "收件方"},
    "item": {"en": "Item", "zh": "商品"},
    "sku": {"en": "SKU", "zh": "货号"},
    "quantity": {"en": "Qty", "zh": "数量"},
    "units": {"en": "{units} pcs", "zh": "{units} 件"},
    "withdrawal_hint": {
        "en": "You can withdraw from this purchase within 14 days of delivery, without a reason, on the order's page.",
        "zh": "收货后 14 天内，您可在订单页面无理由退货。",
    },
    "tracking": {"en": "Tracking number: {number}", "zh": "运单号：{number}"},
    "track_at": {"en": "Follow it here: {url}", "zh": "物流查询：{url}"},
    "seller_says": {"en": "The seller writes: {answer}", "zh": "卖家留言：{answer}"},
    "send_until": {"en": "Send it by {day}.", "zh": "请于 {day} 前寄出。"},
    "refund": {"en": "Back to you: {amount}.", "zh": "将退还给您：{amount}。"},
    "kept": {"en": "Kept for wear or damage: {amount}.", "zh": "因使用或损坏扣除：{amount}。"},
    "link": {"en": "See the order and everything about it:", "zh": "查看订单及全部信息："},
    "cart_link": {"en": "Pay for it in your cart:", "zh": "请在购物车中付款："},
}

SUBJECTS: Mapping[AfterMailKind, Mapping[Language, str]] = {
    AfterMailKind.SHIPPED: {"en": "Your order {number} is on its way", "zh": "您的订单 {number} 已发货"},
    AfterMailKind.DELIVERED: {"en": "Your order {number} has arrived", "zh": "您的订单 {number} 已送达"},
    AfterMailKind.LINES_CANCELLED: {
        "en": "Part of your order {number} is cancelled", "zh": "您的订单 {number} 部分商品已取消",
    },
    AfterMailKind.WITHDRAWAL: {
        "en": "Your withdrawal from order {number} is confirmed", "zh": "您对订单 {number} 的无理由退货已确认",
    },
    AfterMailKind.RETURN_REQUESTED: {
        "en": "We have your return request for order {number}", "zh": "已收到您对订单 {number} 的退货申请",
    },
    AfterMailKind.RETURN_APPROVED: {
        "en": "Your return for order {number} is approved", "zh": "您对订单 {number} 的退货申请已通过",
    },
    AfterMailKind.RETURN_REJECTED: {
        "en": "About your return request for order {number}", "zh": "关于您对订单 {number} 的退货申请",
    },
    AfterMailKind.RETURN_RECEIVED: {
        "en": "Your return for order {number} has arrived", "zh": "您退回的订单 {number} 商品已收到",
    },
    AfterMailKind.RETURN_INSPECTED: {
        "en": "Your return for order {number} was checked", "zh": "您退回的订单 {number} 商品已检验",
    },
    AfterMailKind.EXCHANGED: {
        "en": "Your exchange for order {number} goes out", "zh": "订单 {number} 的换货即将发出",
    },
    AfterMailKind.EXCHANGE_TO_PAY: {
        "en": "Your exchange for order {number} is set aside", "zh": "订单 {number} 的换货商品已为您预留",
    },
    AfterMailKind.PRICE_HONOURED: {
        "en": "Your order {number}: the price stays", "zh": "您的订单 {number}：按原价格发货",
    },
    AfterMailKind.PRICE_REFUNDED: {
        "en": "Your order {number}: a wrong price, and your money back", "zh": "您的订单 {number}：标价有误，货款退回",
    },
}  # fmt: skip

OPENINGS: Mapping[AfterMailKind, Mapping[Language, str]] = {
    AfterMailKind.SHIPPED: {
        "en": "{name}, a parcel of your order {number} has left {seller}. Pieces in it: {units}.",
        "zh": "{name}，您好！{seller} 已寄出订单 {number} 的包裹，共 {units} 件商品：",
    },
    AfterMailKind.DELIVERED: {
        "en": "{name}, a parcel of your order {number} from {seller} has arrived. Until {day} you can withdraw from "
        "the purchase without giving a reason, on the order's page.",
        "zh": "{name}，您好！{seller} 订单 {number} 的包裹已送达。{day} 前，您可在订单页面无理由退货。",
    },
    AfterMailKind.LINES_CANCELLED: {
        "en": "{name}, {seller} could not send part of your order {number}. What you paid for it is on its way back "
        "to you; the rest of the order goes on.",
        "zh": "{name}，您好！{seller} 无法发出订单 {number} 的部分商品，对应货款正在退回，其余商品照常处理。",
    },
    AfterMailKind.WITHDRAWAL: {
        "en": "{name}, we confirm that you have withdrawn from your purchase, order {number} at {seller}. No reason is "
        "needed. What was not sent yet is paid back at once; please send back what you have within 14 days.",
        "zh": "{name}，您好！我们确认您已对 {seller} 的订单 {number} 行使无理由退货权，无需说明理由。未发出的商品"
        "立即退款；已收到的商品请在 14 天内寄回。",
    },
    AfterMailKind.RETURN_REQUESTED: {
        "en": "{name}, {seller} has your request to send back part of order {number} and will answer it.",
        "zh": "{name}，您好！{seller} 已收到您对订单 {number} 的退货申请，将尽快回复。",
    },
    AfterMailKind.RETURN_APPROVED: {
        "en": "{name}, please send these items of order {number} back to {seller}. The label is on the order's page:",
        "zh": "{name}，您好！请将订单 {number} 的以下商品寄回 {seller}，面单见订单页面：",
    },
    AfterMailKind.RETURN_REJECTED: {
        "en": "{name}, {seller} can't take back what you asked for from order {number}. Write to the seller if you "
        "see it differently.",
        "zh": "{name}，您好！{seller} 无法接受您对订单 {number} 的退货申请。如有异议，请联系卖家。",
    },
    AfterMailKind.RETURN_RECEIVED: {
        "en": "{name}, what you sent back from order {number} has arrived at {seller} and is being checked.",
        "zh": "{name}，您好！您退回的订单 {number} 商品已送达 {seller}，正在检验。",
    },
    AfterMailKind.RETURN_INSPECTED: {
        "en": "{name}, {seller} has checked what you sent back from order {number}: {accepted} of {units} accepted.",
        "zh": "{name}，您好！{seller} 已检验您退回的订单 {number} 商品：{units} 件中接受 {accepted} 件。",
    },
    AfterMailKind.EXCHANGED: {
        "en": "{name}, {seller} sends you the exchange you asked for, with order {number}. What it costs less is paid "
        "back.",
        "zh": "{name}，您好！{seller} 将随订单 {number} 寄出换货商品，差价将退还给您。",
    },
    AfterMailKind.EXCHANGE_TO_PAY: {
        "en": "{name}, {seller} pays back what you returned from order {number} and keeps the other item for you for "
        "three days at today's price.",
        "zh": "{name}，您好！{seller} 将退还订单 {number} 的退货款，并按今日价格为您预留换货商品三天。",
    },
    AfterMailKind.PRICE_HONOURED: {
        "en": "{name}, the price of something in your order {number} was typed wrong. {seller} keeps to it: nothing "
        "changes for you.",
        "zh": "{name}，您好！您的订单 {number} 中有商品标价有误。{seller} 仍按该价格发货，您无需任何操作。",
    },
    AfterMailKind.PRICE_REFUNDED: {
        "en": "{name}, the price of something in your order {number} was typed wrong. {seller} is sorry and can't send "
        "it at that price; what you paid for it is on its way back to you.",
        "zh": "{name}，您好！您的订单 {number} 中有商品标价有误。{seller} 深表歉意，无法按该价格发货，"
        "对应货款正在退回。",
    },
}


def word(key: str, language: Language, **params: str) -> str:
    return _WORDS[key][language].format_map(params)
