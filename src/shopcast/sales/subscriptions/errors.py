"""Refusals of subscriptions. Nothing was charged."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class OfferInvalid(ShopcastError):
    code = "sales.offer_invalid"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose 1 to {limit} different intervals of {shortest} to {longest} days, and a discount of 0 to 90 %.",
        "zh": "请选择 1 至 {limit} 个不同的周期（{shortest} 至 {longest} 天），折扣为 0 至 90%。",
    }


class NoSubscriptionOffer(ShopcastError):
    code = "sales.no_subscription_offer"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The seller does not offer this as a subscription at that interval. Choose another one, or buy it once.",
        "zh": "卖家未提供该周期的定期订购。请选择其他周期，或单次购买。",
    }


class TooManySubscriptions(ShopcastError):
    code = "sales.too_many_subscriptions"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already have {limit} subscriptions. Stop one you no longer need first.",
        "zh": "您已有 {limit} 个定期订购。请先停止不再需要的。",
    }


class SubscriptionBusy(ShopcastError):
    code = "sales.subscription_busy"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This delivery is being paid right now. You can cancel the order in a moment, until it is packed.",
        "zh": "本次配送正在付款中。稍后可在订单打包前取消该订单。",
    }


class SubscriptionStopped(ShopcastError):
    code = "sales.subscription_stopped"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This subscription has ended. Start a new one if you want it again.",
        "zh": "该定期订购已结束。如需继续，请重新订购。",
    }


class AgreeAnew(ShopcastError):
    """The mandate is over or too small: going on needs the person's word."""

    code = "sales.agree_anew"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "To go on, agree again: the permission to charge your card is over, or the price rose above it.",
        "zh": "如需继续，请重新同意：扣款授权已失效，或价格已超出授权金额。",
    }
