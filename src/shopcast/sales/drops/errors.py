"""Refusals of drops and allocations: what happened and what to do next. A refusal has changed nothing."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class LimitReached(ShopcastError):
    """`limit` pieces per customer, `taken` of them are this customer's already."""

    code = "sales.limit_reached"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "At this price each customer can have {limit}, and you have yours. Pay for it, or give it back first.",
        "zh": "此价格每位顾客限购 {limit} 件,您已达到上限。请先付款,或取消已有的预留。",
    }

    def __init__(self, drop_id: str, limit: int) -> None:
        super().__init__(drop_id=drop_id, limit=limit)


class DropSoldOut(ShopcastError):
    """`left` is what can still be had at the drop's price."""

    code = "sales.drop_sold_out"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Only {left} are left at this price. Choose fewer, or buy at the usual price when the drop is over.",
        "zh": "此价格仅剩 {left} 件。请减少数量,或在限时抢购结束后按原价购买。",
    }

    def __init__(self, drop_id: str, left: int) -> None:
        super().__init__(drop_id=drop_id, left=left)


class DropOverlaps(ShopcastError):
    code = "sales.drop_overlaps"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Another drop of this item runs or is planned for the same time. End it first, or choose another time.",
        "zh": "同一时段已有该商品的限时抢购。请先结束它,或选择其他时间。",
    }


class DropNotLower(ShopcastError):
    code = "sales.drop_not_lower"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A drop's price must be below the usual price. Choose a lower one, or raise the usual price first.",
        "zh": "抢购价必须低于原价。请设置更低的价格,或先调高原价。",
    }


class DropWrongState(ShopcastError):
    """`state` is what the drop is now."""

    code = "sales.drop_wrong_state"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This can't be done with the drop any more, it has gone on meanwhile. Look at it again.",
        "zh": "该限时抢购的状态已改变,无法执行此操作。请重新查看。",
    }


class DropNeedsShow(ShopcastError):
    code = "sales.drop_needs_show"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A drop can start while the show is on air. Go live first.",
        "zh": "仅能在直播期间开始限时抢购。请先开播。",
    }


class OnlyLower(ShopcastError):
    code = "sales.only_lower"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You may lower this, not raise it. Ask an owner or manager of the seller for more units.",
        "zh": "您只能调低数量,不能调高。如需更多库存,请联系卖家的所有者或管理员。",
    }


class DropsLimit(ShopcastError):
    code = "sales.drops_limit"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A show can have {limit} drops. Remove one that was not started yet.",
        "zh": "一场直播最多可设 {limit} 个限时抢购。请删除一个尚未开始的。",
    }
