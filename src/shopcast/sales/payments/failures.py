"""Why a payment did not go through, in words a shopper can act on. Codes are ours; adapters map theirs to them."""

from collections.abc import Mapping

from shopcast.kernel.errors import Language

_MESSAGES: Mapping[str, Mapping[Language, str]] = {
    "declined": {
        "en": "Your bank declined the payment. Nothing was charged. Try another card, or ask your bank.",
        "zh": "银行拒绝了本次付款，未扣款。请换一张卡，或咨询发卡银行。",
    },
    "insufficient_funds": {
        "en": "There is not enough money on this card. Nothing was charged. Try another card.",
        "zh": "该卡余额不足，未扣款。请换一张卡付款。",
    },
    "authentication_failed": {
        "en": "The payment was not confirmed. Nothing was charged. Try again and confirm it, or use another card.",
        "zh": "付款未通过验证，未扣款。请重试并完成验证，或换一张卡。",
    },
    "abandoned": {
        "en": "The payment was not finished in time. Nothing was charged. You can try again.",
        "zh": "付款未在规定时间内完成，未扣款。您可以重新付款。",
    },
    "not_sent": {
        "en": "The payment could not be started. Nothing was charged. Please try again.",
        "zh": "付款未能发起，未扣款。请重试。",
    },
    "method_unknown": {
        "en": "This way to pay is not known any more. Nothing was charged. Choose another one.",
        "zh": "该支付方式已失效，未扣款。请选择其他支付方式。",
    },
    "sold_out_while_paying": {
        "en": "Your hold ended before the payment arrived, and the last one went to someone else. "
        "The full amount is on its way back to you.",
        "zh": "付款到账前您的预留已到期，最后一件已被他人购买。款项将全额退回给您。",
    },
    "came_too_late": {
        "en": "Your payment arrived after the order was cancelled for want of it. "
        "The full amount is on its way back to you; you are welcome to order again.",
        "zh": "付款到账时订单已因未付款而取消。款项将全额退回给您，欢迎重新下单。",
    },
    "coupon_gone": {
        "en": "Your payment arrived after its time, and the coupon of this price is used up. "
        "The full amount is on its way back to you.",
        "zh": "付款超时到账，且该价格所用的优惠券已用完。款项将全额退回给您。",
    },
    "paid_twice": {
        "en": "This was paid already. The second payment is on its way back to you in full.",
        "zh": "该订单此前已付款，第二笔款项将全额退回给您。",
    },
    "amount_mismatch": {
        "en": "The amount that arrived was not the amount of your order. It is on its way back to you. "
        "Please try again.",
        "zh": "到账金额与订单金额不符，款项将退回给您。请重新付款。",
    },
}


def failure_message(code: str, language: Language) -> str:
    """Unknown codes of a provider read as "declined": the buyer can do the same about them."""
    return _MESSAGES.get(code, _MESSAGES["declined"])[language]
