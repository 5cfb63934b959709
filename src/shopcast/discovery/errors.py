"""Refusals of discovery."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class TooManyFollows(ShopcastError):
    code = "discovery.too_many_follows"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You follow {limit} hosts and shops already. Let one go on your account page first.",
        "zh": "您已关注 {limit} 位主播和店铺。请先在账户页面取消部分关注。",
    }
