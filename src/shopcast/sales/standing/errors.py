"""Refusals of standing orders and waitlists."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class TooManyStanding(ShopcastError):
    code = "sales.too_many_standing"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already follow {limit} things. Cancel one you no longer want first.",
        "zh": "您已有 {limit} 个等待中的预约单。请先取消不再需要的。",
    }


class AlreadyWaiting(ShopcastError):
    code = "sales.already_waiting"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already wait for this. Cancel the one you have if you want to change it.",
        "zh": "您已在等待该商品。如需修改，请先取消现有的预约单。",
    }


class AlreadyToBeHad(ShopcastError):
    """It would be bought this very moment, which is what the buy button is for."""

    code = "sales.already_to_be_had"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You can have this right now for that price. Tap buy instead of waiting.",
        "zh": "该商品现在就能以此价格购买。请直接点击购买。",
    }


class LimitMissing(ShopcastError):
    code = "sales.limit_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Say what one may cost at most, in {currency}, more than zero.",
        "zh": "请填写单件最高价（{currency}），且须大于零。",
    }


class UntilOutOfRange(ShopcastError):
    code = "sales.until_out_of_range"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose an end that is later than now and at most {days} days away.",
        "zh": "请选择晚于当前、且不超过 {days} 天的截止时间。",
    }


class ConsentChanged(ShopcastError):
    """What the person agreed to is not what would be done now: they must see the new text first."""

    code = "sales.consent_changed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Price, shipping or tax changed since you looked. Read the new text and agree again. Nothing was "
        "charged.",
        "zh": "您查看之后，价格、运费或税费有变动。请阅读新的说明并重新同意；未扣款。",
    }


class MandateNeeded(ShopcastError):
    code = "sales.mandate_needed"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose a saved card first: without one nothing can be bought for you.",
        "zh": "请先选择已保存的银行卡，否则无法为您自动购买。",
    }


class BeingBought(ShopcastError):
    code = "sales.being_bought"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is being bought for you right now. Look among your orders in a moment; you can cancel it there.",
        "zh": "系统正在为您购买该商品。请稍后在“我的订单”中查看，可在那里取消。",
    }


class OverTheCap(ShopcastError):
    """Shipping or tax rose since it was agreed to: nothing is charged."""

    code = "sales.over_the_cap"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "With shipping and tax it would have cost more than you allowed. Nothing was charged.",
        "zh": "加上运费和税费后将超出您允许的金额。未扣款。",
    }
