"""Refusals of restrictions."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError
from shopcast.sales.restrictions.model import Reason
from shopcast.sales.restrictions.words import reason_text, until_text


class Restricted(ShopcastError):
    """The reason and the end are written into the messages, each in its language."""

    code = "sales.restricted"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You can't do this {until}, because {because}. Nothing was charged. If that is wrong, appeal under "
        "“Restrictions” in your account.",
        "zh": "{until}您暂时无法进行此操作，原因：{because}。未扣款。如有误判，请在账户的“购买限制”中提交申诉。",
    }

    def __init__(self, restriction_id: str, reason: Reason, expires_at: datetime | None) -> None:
        until = None if expires_at is None else expires_at.isoformat()
        super().__init__(restriction_id=restriction_id, reason=reason.value, until=until)
        languages: tuple[Language, ...] = ("en", "zh")
        told = {
            language: type(self)
            .messages[language]
            .replace("{until}", until_text(expires_at, language))
            .replace("{because}", reason_text(reason, language))
            for language in languages
        }
        # What other refusals have on their class, this one has on itself: the reason differs from case to case.
        self.__dict__.update(messages=told)


class AlreadyRestricted(ShopcastError):
    code = "sales.already_restricted"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This buyer is restricted already. Lift that restriction first if you want to set another one.",
        "zh": "该买家已受限制。如需重新设置，请先解除现有限制。",
    }


class NotABuyerHere(ShopcastError):
    code = "sales.not_a_buyer_here"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Only somebody who has held or bought something from you can be restricted. Check the order number.",
        "zh": "只能限制曾在您这里预留或购买过商品的买家。请检查订单号。",
    }


class CannotAppeal(ShopcastError):
    code = "sales.cannot_appeal"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This restriction was appealed already, or it is over. You will get a mail when somebody has decided.",
        "zh": "该限制已提交过申诉或已结束。处理后会以邮件通知您。",
    }


class RestrictionOver(ShopcastError):
    code = "sales.restriction_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This restriction is over, or there is no appeal to decide. Reload the list.",
        "zh": "该限制已结束，或没有待处理的申诉。请刷新列表。",
    }
