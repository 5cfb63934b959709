"""What a restriction tells the person it is about, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shopcast.kernel.errors import Language
from shopcast.sales.restrictions.model import Blocks, Reason

REASONS: Final[Mapping[Reason, Mapping[Language, str]]] = {
    Reason.UNPAID_HOLDS: {
        "en": "many items were held and not paid for",
        "zh": "多次预留商品后未付款",
    },
    Reason.UNPAID_CHAT_HOLDS: {
        "en": "several items ordered by comment were not paid for",
        "zh": "多次通过评论下单后未付款",
    },
    Reason.CARD_TESTING: {
        "en": "many payments were declined in a short time",
        "zh": "短时间内多次付款被拒",
    },
    Reason.CHARGEBACK: {
        "en": "payments were taken back through the bank",
        "zh": "曾通过银行撤回付款",
    },
    Reason.RETURN_ABUSE: {
        "en": "returns were found to be misused",
        "zh": "退货被认定为滥用",
    },
    Reason.BY_HAND: {
        "en": "the seller decided so",
        "zh": "由卖家决定",
    },
}

BLOCKED: Final[Mapping[Blocks, Mapping[Language, str]]] = {
    Blocks.CHAT_ORDER: {"en": "order by comment", "zh": "通过评论下单"},
    Blocks.HOLD: {"en": "reserve items", "zh": "预留商品"},
    Blocks.CHECKOUT: {"en": "pay", "zh": "付款"},
    Blocks.EVERYTHING: {"en": "reserve or buy", "zh": "预留或购买"},
}

EVERYWHERE: Final[Mapping[Language, str]] = {"en": "in this marketplace", "zh": "本平台"}

SUBJECTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "set": {"en": "Your buying is restricted for now", "zh": "您的购买功能暂时受限"},
    "lifted": {"en": "The restriction is lifted", "zh": "购买限制已解除"},
    "upheld": {"en": "Your appeal was looked at", "zh": "您的申诉已处理"},
}
BODIES: Final[Mapping[str, Mapping[Language, str]]] = {
    "set": {
        "en": "You can't {blocked} {where} {until}. The reason: {reason}.{words}\n\nIf this is a mistake, tell us why; "
        "a person will look at it:\n{url}\n",
        "zh": "{until}，您暂时无法在{where}{blocked}。原因：{reason}。{words}\n\n"
        "如有误判，请提交申诉，将由人工处理：\n{url}\n",
    },
    "lifted": {
        "en": "You can {blocked} {where} again.{words}\n",
        "zh": "您已可重新在{where}{blocked}。{words}\n",
    },
    "upheld": {
        "en": "Your appeal was read. The restriction stays {until}: you can't {blocked} {where}. The reason: {reason}."
        "{words}\n",
        "zh": "您的申诉已审阅。限制仍然有效（{until}）：暂时无法在{where}{blocked}。原因：{reason}。{words}\n",
    },
}


def reason_text(reason: Reason, language: Language) -> str:
    return REASONS[reason][language]


def until_text(expires_at: datetime | None, language: Language) -> str:
    if expires_at is None:
        return "until it is lifted" if language == "en" else "在解除之前"
    at = f"{expires_at:%Y-%m-%d %H:%M} UTC"
    return f"until {at}" if language == "en" else f"{at} 之前"
