"""Refusals of promotions: what happened and what to do next. A refusal has changed nothing."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class CouponGone(ShopcastError):
    """`reason` is the `Refusal` it would have now; the price must be computed again."""

    code = "sales.coupon_gone"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "“{label}” can't be used any more, so nothing was charged. Check the new price and pay again.",
        "zh": "“{label}”已无法使用，未扣款。请确认新价格后重新付款。",
    }

    def __init__(self, promotion_id: str, label: str, reason: str) -> None:
        super().__init__(promotion_id=promotion_id, label=label, reason=reason)


class CouponLimitReached(ShopcastError):
    code = "sales.coupon_limit_reached"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You have used “{label}” as often as one customer may ({limit}×), so nothing was charged."
        " Check the price without it and pay again.",
        "zh": "“{label}”每位顾客限用 {limit} 次，您已达到上限，未扣款。请确认不含该优惠的价格后重新付款。",
    }

    def __init__(self, promotion_id: str, label: str, limit: int) -> None:
        super().__init__(promotion_id=promotion_id, label=label, limit=limit)


class CouponsAllTaken(ShopcastError):
    code = "sales.coupons_all_taken"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "All of these coupons are taken. Watch the show: there may be more.",
        "zh": "该优惠券已被领完。请继续观看直播，可能会有更多优惠券。",
    }


class CouponNotClaimable(ShopcastError):
    code = "sales.coupon_not_claimable"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This coupon can't be taken right now: it hasn't started, or it is over.",
        "zh": "该优惠券目前无法领取：尚未开始或已结束。",
    }


class PromotionOver(ShopcastError):
    code = "sales.promotion_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This promotion has ended and can't be changed. Create a new one instead.",
        "zh": "该活动已结束，无法修改。请新建一个活动。",
    }


class PromotionMisfit(ShopcastError):
    """`problem` is a stable name of what doesn't fit together."""

    code = "sales.promotion_misfit"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This promotion does not fit together. {why}",
        "zh": "该活动的设置不匹配。{why}",
    }

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)
        told = {
            language: text.replace("{why}", _PROBLEMS[problem][language]) for language, text in self.messages.items()
        }
        # What other refusals have on their class, this one has on itself.
        self.__dict__.update(messages=told)


_PROBLEMS: Mapping[str, Mapping[Language, str]] = {
    "benefit_out_of_lane": {
        "en": "Choose a benefit that exists in its lane.",
        "zh": "请选择该优惠层级支持的优惠方式。",
    },
    "coupon_needs_code_or_claim": {
        "en": "A coupon is either typed as a code or taken on screen.",
        "zh": "优惠券需要输入优惠码或在屏幕上领取。",
    },
    "price_for_everybody": {
        "en": "It would lower the price of a single piece for everybody without any condition: that is a price."
        " Change the price or plan a drop, so that the price history stays true, or set a minimum.",
        "zh": "该设置会无条件地降低所有人的单件价格，这属于调价。请直接修改价格或安排限时特价（以保证价格记录真实），"
        "或设置使用门槛。",
    },
    "currency_missing": {
        "en": "It names amounts, so it needs a currency.",
        "zh": "设置中包含金额，因此需要指定币种。",
    },
    "steps_out_of_order": {
        "en": "Name its steps from the lowest to the highest, each with one benefit larger than the one before.",
        "zh": "请从低到高填写各档门槛，每档只设一种优惠，且优惠力度逐档递增。",
    },
    "bundle_parts_overlap": {
        "en": "Each part of a bundle must be another product or variant.",
        "zh": "套装中的每个组成部分须为不同的商品或规格。",
    },
    "bundle_parts_missing": {
        "en": "A bundle needs at least two units, each part named by a product or by a variant.",
        "zh": "套装至少需要两件商品，每个组成部分须指定商品或规格。",
    },
    "gift_needs_minimum": {
        "en": "Say from which sum or how many pieces on the gift is added.",
        "zh": "请设置赠品的金额或件数门槛。",
    },
    "seller_only": {
        "en": "Bundles and gifts are made of one seller's goods, so a seller has to create them.",
        "zh": "套装和赠品由单个卖家的商品组成，需由卖家创建。",
    },
    "codes_not_needed": {
        "en": "This promotion doesn't use codes.",
        "zh": "该活动不使用优惠码。",
    },
    "claim_not_needed": {
        "en": "Only coupons can be shown on screen: those that are taken there, and those with a shared code.",
        "zh": "只有优惠券可以在屏幕上展示：需领取的优惠券或使用公共优惠码的优惠券。",
    },
    "claim_is_once": {
        "en": "A coupon taken on screen is good for one order each.",
        "zh": "屏幕领取的优惠券每人限用一次。",
    },
}


class NotYourGoods(ShopcastError):
    code = "sales.promotion_not_your_goods"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Some of the products, variants or shows named are not yours. Choose them from your own lists.",
        "zh": "所选的部分商品、规格或直播不属于您。请从自己的列表中选择。",
    }


class TooManyPromotions(ShopcastError):
    code = "sales.too_many_promotions"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{limit} promotions are running already. End one before you start another.",
        "zh": "已有 {limit} 个活动正在进行。请先结束一个再开始新的活动。",
    }


class LimitBelowUsed(ShopcastError):
    code = "sales.promotion_limit_below_used"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{taken} of them are used or taken already, so the limit can't be lower.",
        "zh": "已有 {taken} 个被使用或领取，上限不能低于该数量。",
    }


class CodeTaken(ShopcastError):
    code = "sales.code_taken"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You have used the code {code_text} before. Choose another.",
        "zh": "优惠码 {code_text} 已被使用过。请换一个。",
    }


class TooManyCodes(ShopcastError):
    code = "sales.too_many_codes"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A promotion has at most {limit} codes.",
        "zh": "每个活动最多可有 {limit} 个优惠码。",
    }
