"""The words of the evidence, in both languages."""

from collections.abc import Mapping

from shopcast.kernel.errors import Language

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "evidence": {"en": "Evidence for order", "zh": "订单证据"},
    "seller": {"en": "Seller", "zh": "卖家"},
    "buyer": {"en": "Buyer and delivery address", "zh": "买家及收货地址"},
    "total": {"en": "Order total", "zh": "订单合计"},
    "charged": {"en": "charged", "zh": "实际扣款"},
    "paid": {"en": "Paid", "zh": "付款时间"},
    "price_shown": {"en": "Price shown", "zh": "展示价格"},
    "paid_for_it": {"en": "Paid for it", "zh": "实付金额"},
    "lowest": {"en": "Lowest price of 30 days", "zh": "30 天内最低价"},
    "claims": {"en": "Claims shown", "zh": "展示的说明"},
    "source": {"en": "Bought from", "zh": "购买入口"},
    "opened": {"en": "Item opened", "zh": "查看商品时间"},
    "held": {"en": "Held", "zh": "预留时间"},
    "placed": {"en": "Placed", "zh": "下单时间"},
    "host": {"en": "Host on air", "zh": "在播主播"},
    "said_at": {"en": "Said on air at", "zh": "直播讲解时间"},
    "second": {"en": "second of the show", "zh": "直播第几秒："},
    "delivery": {"en": "Delivery", "zh": "物流"},
    "parcel": {"en": "Parcel", "zh": "包裹"},
    "shipped": {"en": "sent", "zh": "发出"},
    "delivered": {"en": "arrived", "zh": "送达"},
    "timeline": {"en": "Timeline", "zh": "时间线"},
    "mails": {"en": "Mails sent", "zh": "已发送的邮件"},
    "terms": {"en": "Terms agreed to", "zh": "已同意的条款"},
    "none": {"en": "none", "zh": "无"},
    "not_known": {"en": "not known", "zh": "未知"},
    "statement": {
        "en": "Order {number} was placed and paid by the buyer; the evidence attached shows what was said and shown "
        "at the sale, and its delivery.",
        "zh": "订单 {number} 由买家下单并付款；所附证据包含销售时的讲解与展示内容及物流信息。",
    },
}

_WHAT: Mapping[str, Mapping[Language, str]] = {
    "paid": {"en": "paid", "zh": "已付款"},
    "packed": {"en": "packed", "zh": "已打包"},
    "placed": {"en": "placed", "zh": "已下单"},
    "cancelled": {"en": "cancelled", "zh": "已取消"},
    "shipped": {"en": "sent", "zh": "已发货"},
    "delivered": {"en": "arrived", "zh": "已送达"},
    "delivery_assumed": {"en": "assumed to have arrived, nobody marked it", "zh": "无人确认，按时限视为已送达"},
    "refunded": {"en": "refunded", "zh": "已退款"},
    "link": {"en": "link sent again", "zh": "重新发送订单链接"},
    "lines_cancelled": {"en": "partly cancelled", "zh": "部分取消"},
    "withdrawal": {"en": "withdrawal", "zh": "无理由退货"},
    "return_requested": {"en": "return requested", "zh": "申请退货"},
    "return_approved": {"en": "return approved", "zh": "退货申请通过"},
    "return_rejected": {"en": "return rejected", "zh": "退货申请未通过"},
    "return_received": {"en": "return arrived", "zh": "退货已收到"},
    "return_inspected": {"en": "return checked", "zh": "退货已检验"},
    "return_closed": {"en": "return closed", "zh": "退货已完成"},
    "exchanged": {"en": "exchanged", "zh": "已换货"},
    "exchange_to_pay": {"en": "exchange set aside", "zh": "换货已预留"},
    "price_honoured": {"en": "wrong price honoured", "zh": "按误标价格发货"},
    "price_refunded": {"en": "wrong price refunded", "zh": "误标价格已退款"},
    "refund_asked": {"en": "refund asked of the provider", "zh": "已向支付服务申请退款"},
    "refund_succeeded": {"en": "refund arrived", "zh": "退款成功"},
    "refund_failed": {"en": "refund failed", "zh": "退款失败"},
    "refund_requested": {"en": "refund under way", "zh": "退款处理中"},
    "live": {"en": "the live show", "zh": "直播间"},
    "replay": {"en": "the replay", "zh": "回放"},
    "list": {"en": "the list", "zh": "商品列表"},
    "chat": {"en": "the chat", "zh": "评论区"},
    "search": {"en": "the search", "zh": "搜索"},
    "standing": {"en": "a standing order", "zh": "预约购买"},
    "subscription": {"en": "a subscription", "zh": "订阅"},
    "again": {"en": "ordering again", "zh": "再次购买"},
}


def word(key: str, language: Language, **params: str) -> str:
    return _WORDS[key][language].format_map(params)


def what(key: str, language: Language) -> str:
    """Keys of facts and mails; one that is new here is shown as it is."""
    return _WHAT[key][language] if key in _WHAT else key
