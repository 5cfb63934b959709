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
    "expired_card": {
        "en": "This card has expired. Nothing was charged. Check the date, or use another card.",
        "zh": "该卡已过期，未扣款。请核对有效期或换一张卡。",
    },
    "incorrect_code": {
        "en": "The security code is not the card's. Nothing was charged. Look at the back of the card and try again.",
        "zh": "安全码不正确，未扣款。请核对卡背面的安全码后重试。",
    },
    "incorrect_number": {
        "en": "The card number is not right. Nothing was charged. Check it and try again.",
        "zh": "卡号不正确，未扣款。请核对后重试。",
    },
    "incorrect_address": {
        "en": "The postal code is not the one your bank knows. Nothing was charged. Check it and try again.",
        "zh": "邮编与发卡银行预留信息不符，未扣款。请核对后重试。",
    },
    "limit_exceeded": {
        "en": "This card has reached its limit. Nothing was charged. Use another card, or try again tomorrow.",
        "zh": "该卡已达到消费限额，未扣款。请换一张卡，或明天再试。",
    },
    "not_supported": {
        "en": "This card can't be used for this purchase. Nothing was charged. Use another way to pay.",
        "zh": "该卡不支持本次交易，未扣款。请更换支付方式。",
    },
    "try_again_later": {
        "en": "Your bank could not answer just now. Nothing was charged. Try again in a moment, or use another card.",
        "zh": "银行暂时无法处理，未扣款。请稍后重试或换一张卡。",
    },
    "confirmation_needed": {
        "en": "Your bank wants you to confirm this payment yourself. Nothing was charged. Pay it from your orders.",
        "zh": "银行要求您本人确认本次付款，未扣款。请在订单页面完成付款。",
    },
    "never_arrived": {
        "en": "The money of your bank transfer never arrived, so the order was cancelled. You can order again.",
        "zh": "银行转账未到账，订单已取消。您可以重新下单。",
    },
    "taken_back": {
        "en": "Your bank fetched this payment back. Ask your bank, or pay in another way.",
        "zh": "银行已将该笔付款撤回。请咨询银行，或更换支付方式。",
    },
    "currency_mismatch": {
        "en": "The money arrived in another currency than your order's. It is on its way back to you. "
        "Please try again.",
        "zh": "到账币种与订单不符，款项将退回给您。请重新付款。",
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
    "paid_otherwise": {
        "en": "You started another payment for this meanwhile, and that one counts. "
        "The full amount of this one is on its way back to you.",
        "zh": "您已就这些商品发起另一笔付款，以该笔为准。本次款项将全额退回给您。",
    },
    "over_the_limit": {
        "en": "This card has had as many of these, or used this coupon as often, as one customer may. "
        "The full amount is on its way back to you.",
        "zh": "该银行卡购买此商品或使用此优惠券已达每位顾客的上限。款项将全额退回给您。",
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
