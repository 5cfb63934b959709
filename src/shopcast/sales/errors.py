"""Refusals of sales: what happened and what to do next. A refusal has changed nothing and moved no money."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class PriceChanged(ShopcastError):
    """`price_minor` is the price now; nothing is held."""

    code = "sales.price_changed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The price changed while you were looking. Check the new price and tap again.",
        "zh": "您浏览期间价格已变动。请确认新价格后再次点击。",
    }

    def __init__(self, price_minor: int, currency: str) -> None:
        super().__init__(price_minor=price_minor, currency=currency)


class NotForSale(ShopcastError):
    code = "sales.not_for_sale"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This item can't be bought right now. Look at the list for what is on offer.",
        "zh": "该商品目前无法购买。请在列表中查看在售商品。",
    }


class TooManyHolds(ShopcastError):
    code = "sales.too_many_holds"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You are holding {limit} items already. Pay for some or give some back first.",
        "zh": "您已预留 {limit} 件商品。请先付款或取消部分预留。",
    }


class HoldOver(ShopcastError):
    code = "sales.hold_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Your hold on “{title}” is over, so nothing was charged. Tap buy again if it is still there.",
        "zh": "“{title}”的预留已结束，未扣款。如仍有货，请再次点击购买。",
    }


class HoldInPayment(ShopcastError):
    code = "sales.hold_in_payment"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is being paid right now. Wait for the answer before you try again.",
        "zh": "该商品正在付款中。请等待付款结果后再操作。",
    }


class OneSellerAtATime(ShopcastError):
    code = "sales.one_seller_at_a_time"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "These items come from different sellers. Pay for each seller's items separately.",
        "zh": "这些商品来自不同卖家。请按卖家分别付款。",
    }


class AddressIncomplete(ShopcastError):
    code = "sales.address_incomplete"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Please check “{field}” in the address: parcels to this country need it in the usual form.",
        "zh": "请检查地址中的“{field}”：寄往该国家/地区需要按规范填写此项。",
    }


class AddressMissing(ShopcastError):
    code = "sales.address_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "We don't know yet where to send this. Give an address.",
        "zh": "还没有收货地址。请填写收货地址。",
    }


class EmailMissing(ShopcastError):
    code = "sales.email_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Give an e-mail address: your receipt and the link to your order are sent there.",
        "zh": "请填写邮箱：收据和订单链接将发送到该邮箱。",
    }


class PaymentMethodMissing(ShopcastError):
    code = "sales.payment_method_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose how you want to pay.",
        "zh": "请选择支付方式。",
    }


class DoesNotShip(ShopcastError):
    code = "sales.does_not_ship"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The seller does not ship to {country}. Choose another address. Nothing was charged.",
        "zh": "卖家不发货至 {country}。请选择其他地址。未扣款。",
    }


class NothingToPay(ShopcastError):
    code = "sales.nothing_to_pay"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Name between 1 and {limit} different items to pay for.",
        "zh": "请选择 1 至 {limit} 件不同的商品付款。",
    }


class AlreadyPaid(ShopcastError):
    code = "sales.already_paid"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is paid already. You find it among your orders.",
        "zh": "该订单已付款。可在“我的订单”中查看。",
    }


class TooManyAttempts(ShopcastError):
    code = "sales.too_many_attempts"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This was tried {limit} times. Your items are given back; ask your bank before you try again.",
        "zh": "已尝试付款 {limit} 次。商品预留将释放；请咨询银行后再试。",
    }


class TooLateToChange(ShopcastError):
    code = "sales.too_late_to_change"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order is packed, cancelled or refunded already, so it can't be changed here. Ask the seller.",
        "zh": "该订单已打包、取消或退款，无法在此修改。请联系卖家。",
    }


class AddressChangesPrice(ShopcastError):
    code = "sales.address_changes_price"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Shipping or tax would change with this address. Cancel the order and place it again, or ask the seller.",
        "zh": "更换为该地址会改变运费或税费。请取消后重新下单，或联系卖家。",
    }


class NothingToRefund(ShopcastError):
    code = "sales.nothing_to_refund"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order is refunded already, or its refund is under way.",
        "zh": "该订单已退款，或退款正在处理中。",
    }


class PolicyInvalid(ShopcastError):
    code = "sales.policy_invalid"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Check shipping zone {zone}: known countries named once, prices from 0, and days from 0 to 365 in order.",
        "zh": "请检查配送区域 {zone}：国家代码须有效且不重复，价格不小于 0，天数为 0 至 365 且顺序正确。",
    }


class WebhookRefused(ShopcastError):
    """Not from the provider, too old, or no secret is set: a 404, so that nobody learns what would be accepted."""

    code = "sales.webhook_refused"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This notice is not one we can trust. Check the provider's webhook secret and the clock.",
        "zh": "无法验证该通知。请检查支付服务的 Webhook 密钥和系统时间。",
    }


class PaymentsAway(ShopcastError):
    code = "sales.payments_away"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The payment service does not answer. Nothing more was charged; try again in a moment.",
        "zh": "支付服务暂时没有响应。没有产生新的扣款，请稍后重试。",
    }
