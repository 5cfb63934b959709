"""Refusals of comment-to-buy, told to the person alone."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class TooManyByComment(ShopcastError):
    code = "sales.too_many_by_comment"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You have {limit} unpaid items ordered by comment. Pay for them first, then order more.",
        "zh": "您有 {limit} 件通过评论下单的商品尚未付款。请先付款再继续下单。",
    }


class QuantityByComment(ShopcastError):
    code = "sales.quantity_by_comment"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Between 1 and {limit} pieces can be ordered at once. Write for example “sold 7 x2”.",
        "zh": "每次可下单 1 至 {limit} 件。例如：“买7号 2件”。",
    }


class NotOnTheShelf(ShopcastError):
    code = "sales.not_on_the_shelf"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is no number {number} to buy right now. Look at the list for what is on offer.",
        "zh": "目前没有可购买的 {number} 号商品。请在列表中查看在售商品。",
    }
