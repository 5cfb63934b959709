"""Refusals of mandates. Nothing was charged."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class MandateOver(ShopcastError):
    """Revoked, expired, used up, or too small for this amount."""

    code = "sales.mandate_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This payment permission no longer covers the amount, so nothing was charged. Give a new one.",
        "zh": "该扣款授权已无法覆盖此金额，未扣款。请重新授权。",
    }


class MandateTooLong(ShopcastError):
    code = "sales.mandate_too_long"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A payment permission of this kind may last {days} days at most. Choose an earlier end.",
        "zh": "此类扣款授权最长为 {days} 天。请选择更早的截止日期。",
    }

    def __init__(self, days: int) -> None:
        super().__init__(days=days)


class TooManyMandates(ShopcastError):
    code = "sales.too_many_mandates"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You have {limit} payment permissions already. Take one back in your account first.",
        "zh": "您已有 {limit} 个扣款授权。请先在账户中撤销其中一个。",
    }

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class MethodCannotBeKept(ShopcastError):
    """A wallet that must be confirmed each time cannot carry a mandate."""

    code = "sales.method_cannot_be_kept"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This way to pay must be confirmed each time, so it can't be kept for later. Choose a card.",
        "zh": "该支付方式每次都需确认，无法用于后续扣款。请选择银行卡。",
    }
