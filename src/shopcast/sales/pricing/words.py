"""Says why a cart costs what it costs, in the reader's language. Knows no rule: it reads what price() noted."""

from collections.abc import Mapping

from shopcast.kernel.errors import Language
from shopcast.kernel.money import minor_digits
from shopcast.sales.pricing.model import Lane, Refusal, Step, StepKind

LANE_NAMES: Mapping[Lane, Mapping[Language, str]] = {
    Lane.TIER: {"en": "Quantity", "zh": "多件优惠"},
    Lane.BUNDLE: {"en": "Bundle", "zh": "套装优惠"},
    Lane.GIFT: {"en": "Gift", "zh": "赠品"},
    Lane.COUPON: {"en": "Coupon", "zh": "优惠券"},
    Lane.ORDER: {"en": "Order discount", "zh": "满减优惠"},
    Lane.SHIPPING: {"en": "Shipping", "zh": "运费优惠"},
}

_REFUSALS: Mapping[Refusal, Mapping[Language, str]] = {
    Refusal.UNKNOWN: {"en": "There is no such code. Check how it is spelt.", "zh": "没有该优惠码。请检查拼写。"},
    Refusal.NOT_YET: {"en": "It is not valid yet.", "zh": "尚未到使用时间。"},
    Refusal.EXPIRED: {"en": "It has expired.", "zh": "已过期。"},
    Refusal.NOT_ACTIVE: {"en": "It can't be used at the moment.", "zh": "目前无法使用。"},
    Refusal.USED_UP: {"en": "It is used up.", "zh": "已被用完。"},
    Refusal.CUSTOMER_LIMIT: {
        "en": "You have used it as often as one customer may.",
        "zh": "您已达到每位顾客的使用次数上限。",
    },
    Refusal.NEW_BUYERS_ONLY: {"en": "It is for a first order.", "zh": "仅限首次下单使用。"},
    Refusal.WRONG_SELLER: {
        "en": "It is another seller's. Nothing of theirs is in your cart.",
        "zh": "这是其他卖家的优惠，购物车中没有该卖家的商品。",
    },
    Refusal.CURRENCY: {"en": "It is for prices in another currency.", "zh": "仅适用于其他币种的价格。"},
    Refusal.NOT_THESE_ITEMS: {
        "en": "It is not for the items in your cart.",
        "zh": "不适用于购物车中的商品。",
    },
    Refusal.MINIMUM_NOT_REACHED: {"en": "Its minimum is not reached.", "zh": "未达到使用门槛。"},
    Refusal.ALREADY_BETTER: {"en": "Another offer saves more.", "zh": "已有更优惠的活动。"},
    Refusal.NOTHING_TO_LOWER: {"en": "It would not lower this price.", "zh": "对当前价格没有优惠。"},
}
_MISSING_AMOUNT: Mapping[Language, str] = {
    "en": "{amount} more is needed to reach its minimum.",
    "zh": "还差 {amount} 即可使用。",
}
_MISSING_UNITS: Mapping[Language, str] = {
    "en": "{count} more of its items are needed.",
    "zh": "还差 {count} 件活动商品即可使用。",
}
_ONE_MISSING: Mapping[Language, str] = {
    "en": "One more of its items is needed.",
    "zh": "还差 1 件活动商品即可使用。",
}
_BETTER: Mapping[Language, str] = {"en": "“{other}” saves more.", "zh": "“{other}”更优惠。"}
_STEPS: Mapping[StepKind, Mapping[Language, str]] = {
    StepKind.GOODS: {"en": "The goods cost {amount}.", "zh": "商品合计 {amount}。"},
    StepKind.APPLIED: {
        "en": "{lane}: “{label}” takes off {amount}; {left} is left.",
        "zh": "{lane}：“{label}”优惠 {amount}，剩余 {left}。",
    },
    StepKind.GIVEN: {"en": "{lane}: “{label}” adds {count}.", "zh": "{lane}：“{label}”赠送 {count} 件。"},
    StepKind.PASSED: {"en": "{lane}: “{label}” is not applied. {why}", "zh": "{lane}：“{label}”未使用。{why}"},
    StepKind.NET: {"en": "To pay for the goods: {amount}.", "zh": "商品应付 {amount}。"},
    StepKind.PARCELS: {"en": "To pay for shipping: {amount}.", "zh": "运费应付 {amount}。"},
}


def step_text(step: Step, language: Language) -> str:
    return _STEPS[step.kind][language].format(
        lane="" if step.lane is None else LANE_NAMES[step.lane][language],
        label=step.label,
        amount=plain_amount(step.amount_minor, step.currency),
        left=plain_amount(step.left_minor, step.currency),
        count=step.quantity,
        why=""
        if step.refusal is None
        else refusal_text(
            step.refusal,
            language,
            missing_minor=step.missing_minor,
            missing_quantity=step.missing_quantity,
            currency=step.currency,
            other=step.other,
        ),
    )


def refusal_text(
    refusal: Refusal,
    language: Language,
    *,
    missing_minor: int = 0,
    missing_quantity: int = 0,
    currency: str = "",
    other: str = "",
) -> str:
    """Why, and what would change it."""
    if refusal is Refusal.MINIMUM_NOT_REACHED and missing_minor:
        return _MISSING_AMOUNT[language].format(amount=plain_amount(missing_minor, currency))
    if refusal is Refusal.MINIMUM_NOT_REACHED and missing_quantity:
        words = _ONE_MISSING if missing_quantity == 1 else _MISSING_UNITS
        return words[language].format(count=missing_quantity)
    if refusal is Refusal.ALREADY_BETTER and other:
        return _BETTER[language].format(other=other)
    return _REFUSALS[refusal][language]


def plain_amount(amount_minor: int, currency: str) -> str:
    """ "12.50 EUR": read the same in both languages, and to the last minor unit."""
    digits = minor_digits(currency)
    sign, whole = ("-", -amount_minor) if amount_minor < 0 else ("", amount_minor)
    if not digits:
        return f"{sign}{whole} {currency}"
    units, fraction = divmod(whole, 10**digits)
    return f"{sign}{units}.{fraction:0{digits}d} {currency}"
