"""Owns expected refusals: what they carry (code, status, parameters, two languages) and the kernel's own ones."""

from collections.abc import Mapping
from typing import ClassVar, Literal

Language = Literal["en", "zh"]
Param = str | int | float | bool | None | list[str]


class ShopcastError(Exception):
    """An expected refusal. Subclasses set the class attributes; messages are templates over the parameters."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This could not be done. Reload the page and try again.",
        "zh": "操作未能完成。请刷新页面后重试。",
    }

    def __init__(self, **params: Param) -> None:
        self.params: dict[str, Param] = params
        super().__init__(self.code, params)

    def message(self, language: Language) -> str:
        return self.messages[language].format_map(_Lenient(self.params))

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


class _Lenient(dict[str, Param]):
    # A message with a parameter left out must still reach the person who needs it.
    def __missing__(self, key: str) -> str:
        return "…"


class Refused(ShopcastError):
    """A refusal as it comes back from an action: same code, status, parameters and messages, whichever process
    decided it. Callers tell refusals apart by `code`."""

    def __init__(self, code: str, status: int, params: dict[str, Param], messages: Mapping[Language, str]) -> None:
        # What other refusals have on their class, this one has on itself.
        self.__dict__.update(code=code, status=status, messages=messages)
        super().__init__(**params)

    @classmethod
    def of(cls, error: ShopcastError) -> "Refused":
        if isinstance(error, Refused):
            return error
        return cls(error.code, error.status, error.params, error.messages)


class ActionFailed(Exception):
    """An action stopped on a programming error. Nothing of it was stored; the writer's log has the traceback."""

    def __init__(self, action: str, error: str) -> None:
        super().__init__(f"action {action} failed: {error}")
        self.action = action


# What people call the things of `NotFound`; `params["what"]` keeps the term of the API.
NAMES_OF_THINGS: Mapping[str, Mapping[Language, str]] = {
    "address": {"en": "address", "zh": "地址"},
    "broadcast": {"en": "broadcast", "zh": "直播"},
    "checkout": {"en": "payment", "zh": "付款"},
    "case": {"en": "case", "zh": "待审核条目"},
    "chunk": {"en": "piece of the recording", "zh": "录像片段"},
    "coupon": {"en": "coupon", "zh": "优惠券"},
    "cue": {"en": "cue", "zh": "流程条目"},
    "dead letter": {"en": "undelivered event", "zh": "未送达事件"},
    "dispute": {"en": "dispute", "zh": "争议"},
    "drop": {"en": "drop", "zh": "限时抢购"},
    "export": {"en": "export", "zh": "导出文件"},
    "hold": {"en": "reservation", "zh": "预留"},
    "host": {"en": "host", "zh": "主播"},
    "image": {"en": "picture", "zh": "图片"},
    "import": {"en": "import", "zh": "导入"},
    "invitation": {"en": "invitation", "zh": "邀请"},
    "item": {"en": "item", "zh": "商品"},
    "job": {"en": "task", "zh": "任务"},
    "mandate": {"en": "payment permission", "zh": "付款授权"},
    "member": {"en": "member", "zh": "成员"},
    "moment": {"en": "moment", "zh": "片段"},
    "order": {"en": "order", "zh": "订单"},
    "organisation": {"en": "organisation", "zh": "组织"},
    "page": {"en": "page", "zh": "页面"},
    "payment": {"en": "payment", "zh": "付款"},
    "payment_method": {"en": "way to pay", "zh": "付款方式"},
    "person": {"en": "person", "zh": "用户"},
    "picture": {"en": "picture", "zh": "图片"},
    "product": {"en": "product", "zh": "产品"},
    "promotion": {"en": "promotion", "zh": "优惠活动"},
    "redaction": {"en": "removed stretch", "zh": "已移除的片段"},
    "restriction": {"en": "restriction", "zh": "限制"},
    "return": {"en": "return", "zh": "退货"},
    "room": {"en": "room", "zh": "直播间"},
    "session": {"en": "sign-in", "zh": "登录"},
    "shelf set": {"en": "saved set", "zh": "已保存的货架"},
    "shipment": {"en": "shipment", "zh": "包裹"},
    "show": {"en": "show", "zh": "直播"},
    "staff": {"en": "member of the show's staff", "zh": "直播工作人员"},
    "standing_order": {"en": "standing order", "zh": "预约购买"},
    "subscription": {"en": "subscription", "zh": "订阅"},
    "variant": {"en": "variant", "zh": "款式"},
}


class NotFound(ShopcastError):
    code = "not_found"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "We could not find this {what}. It may have been removed, or the link is incomplete.",
        "zh": "找不到该{what}。它可能已被删除，或链接不完整。",
    }

    def __init__(self, what: str) -> None:
        super().__init__(what=what)
        names = NAMES_OF_THINGS.get(what)
        if names is not None:
            told = {language: text.replace("{what}", names[language]) for language, text in NotFound.messages.items()}
            # What other refusals have on their class, this one has on itself.
            self.__dict__.update(messages=told)


class Forbidden(ShopcastError):
    code = "forbidden"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Your account may not do this. Ask an owner of the organisation to give you the right role.",
        "zh": "您的账号无权执行此操作。请联系组织所有者为您分配相应角色。",
    }


class Unauthenticated(ShopcastError):
    code = "unauthenticated"
    status = 401
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Please sign in to go on.",
        "zh": "请先登录后再继续。",
    }


class Conflict(ShopcastError):
    code = "conflict"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This was changed by someone else in the meantime. Reload and try again.",
        "zh": "该内容刚刚被他人修改。请刷新后重试。",
    }


class InvalidInput(ShopcastError):
    code = "invalid_input"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Please check “{field}”: {reason}.",
        "zh": "请检查“{field}”:{reason}。",
    }

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field=field, reason=reason)
        # What other refusals have on their class, this one has on itself: another process has only the texts.
        chinese = InvalidInput.messages["zh"].replace("{reason}", _REASONS_ZH.get(reason, reason))
        self.__dict__.update(messages={"en": InvalidInput.messages["en"], "zh": chinese})


# The reasons used in more than one place; a domain with a reason of its own declares its own error instead.
_REASONS_ZH: Mapping[str, str] = {
    "it is empty": "不能为空",
    "it is too long": "内容过长",
    "it is not a number": "不是数字",
    "it has too many digits after the point": "小数位数过多",
    "it is not a currency we know": "不支持该货币",
    "it is not a cursor we gave out": "分页参数无效",
    "it is out of range": "超出允许范围",
    "it has the wrong form": "格式不正确",
}


class IdempotencyKeyReused(ShopcastError):
    code = "idempotency_key_reused"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This Idempotency-Key was already used for a different request. Send a new key.",
        "zh": "该 Idempotency-Key 已用于另一个不同的请求。请换用新的值。",
    }


class IdempotencyKeyMissing(ShopcastError):
    code = "idempotency_key_missing"
    status = 400
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This request moves stock or money and needs an Idempotency-Key header (8 to 128 characters).",
        "zh": "此请求涉及库存或资金，必须带有 Idempotency-Key 请求头(8 至 128 个字符)。",
    }


class TooManyRequests(ShopcastError):
    code = "too_many_requests"
    status = 429
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "That was a little too fast. Try again in {retry_after_s} seconds.",
        "zh": "操作过于频繁。请在 {retry_after_s} 秒后重试。",
    }

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)


class Busy(ShopcastError):
    """Nothing was done; trying again a moment later is safe."""

    code = "busy"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The shop is very busy. Nothing was changed; try again in a moment.",
        "zh": "当前访问量很大。未做任何更改，请稍后重试。",
    }


class StorageAway(ShopcastError):
    """The store of pictures and files did not answer; what the database holds is untouched."""

    code = "storage_away"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Pictures and files can't be reached right now. Nothing was changed; try again in a moment.",
        "zh": "暂时无法访问图片和文件。未做任何更改，请稍后重试。",
    }


class StorageFull(ShopcastError):
    """Nothing was done, and trying again will not help until somebody makes room."""

    code = "storage_full"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The shop's disk is full, so nothing was changed. The operator must free some space.",
        "zh": "服务器磁盘已满，未做任何更改。请运营人员清理空间。",
    }


class Unavailable(ShopcastError):
    """It is not known whether the action was done: the answer was lost."""

    code = "unavailable"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "We lost the connection before the answer arrived. Check whether it was done before trying again.",
        "zh": "在收到结果前连接中断。请先确认操作是否已完成，再决定是否重试。",
    }
