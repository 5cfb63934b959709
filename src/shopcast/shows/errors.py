"""Refusals of shows: what happened and what to do next."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class NoSignal(ShopcastError):
    code = "shows.no_signal"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "No picture arrives yet. Start your encoder with this show's stream key, wait for the preview, "
        "then go live.",
        "zh": "尚未收到画面。请用本场直播的推流密钥启动编码器，看到预览后再开播。",
    }


class WrongState(ShopcastError):
    code = "shows.wrong_state"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The show is “{state}”, so this can't be done: it needs to be {needed}. Reload to see where it stands.",
        "zh": "当前直播状态为“{state}”，无法执行该操作（需要处于：{needed}）。请刷新查看最新状态。",
    }


class ShowIncomplete(ShopcastError):
    code = "shows.incomplete"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Give the show a start time before you schedule it.",
        "zh": "请先设置开播时间，再发布预告。",
    }


class TimeZoneUnknown(ShopcastError):
    code = "shows.time_zone_unknown"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "“{time_zone}” is not a time zone we know. Write it like Europe/Berlin or Asia/Shanghai.",
        "zh": "无法识别时区“{time_zone}”。请按 Europe/Berlin 或 Asia/Shanghai 的格式填写。",
    }


class ShelfFull(ShopcastError):
    code = "shows.shelf_full"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A shelf holds {limit} items. Remove some before you add more.",
        "zh": "货架最多 {limit} 件商品。请先移除部分商品再添加。",
    }


class ProductNotUsable(ShopcastError):
    code = "shows.product_not_usable"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{count} of these products can't go on this shelf: they are drafts or belong to another organisation.",
        "zh": "其中 {count} 件商品无法上架：可能是草稿，或属于其他组织。",
    }


class NotOnShelf(ShopcastError):
    code = "shows.not_on_shelf"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is no number {number} on this shelf. Check the number in the list.",
        "zh": "货架上没有 {number} 号。请在列表中核对编号。",
    }


class ItemHidden(ShopcastError):
    code = "shows.item_hidden"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Number {number} is hidden. Show it on the shelf before you pin it.",
        "zh": "{number} 号处于隐藏状态。请先在货架上显示它，再开始讲解。",
    }


class OrderIncomplete(ShopcastError):
    code = "shows.order_incomplete"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The new order doesn't name each item of the shelf exactly once. Reload the shelf and order it again.",
        "zh": "新的排序未恰好包含货架上的每件商品。请刷新货架后重新排序。",
    }


class SetEmpty(ShopcastError):
    code = "shows.set_empty"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is nothing to save yet. Put items on the shelf first.",
        "zh": "还没有可保存的内容。请先将商品上架。",
    }


class TooMany(ShopcastError):
    code = "shows.too_many"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The limit of {limit} is reached. Remove one you no longer need first.",
        "zh": "已达到上限（{limit}）。请先删除不再需要的项目。",
    }


class TooManyRequestsWaiting(ShopcastError):
    code = "shows.too_many_requests_waiting"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already wait for {limit} items. Once one of them was shown you can ask for another.",
        "zh": "您已有 {limit} 件商品在排队。其中一件展示后即可再次提出请求。",
    }


class NoMoreCues(ShopcastError):
    code = "shows.no_more_cues"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is no further cue in this direction. Add cues to the run of show, or pin an item by hand.",
        "zh": "该方向上已没有更多环节。请在流程单中添加环节，或手动讲解商品。",
    }


class StaffUnknown(ShopcastError):
    code = "shows.staff_unknown"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Nobody in your organisation has this address. Invite them to the organisation first, then to the show.",
        "zh": "您的组织中没有使用该邮箱的成员。请先邀请其加入组织，再加入本场直播。",
    }


class HostIsNeeded(ShopcastError):
    code = "shows.host_needed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A show needs its host. Name another host first.",
        "zh": "每场直播都需要一名主播。请先指定其他主播。",
    }


class PictureUnusable(ShopcastError):
    code = "shows.picture_unusable"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is not a picture we can show. Use JPEG, PNG or WebP of at most {limit_mb} MB.",
        "zh": "无法使用该图片。请上传不超过 {limit_mb} MB 的 JPEG、PNG 或 WebP 图片。",
    }


class StretchBackwards(ShopcastError):
    code = "shows.stretch_backwards"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The stretch must start before it ends, and be at most {limit_h} hours long.",
        "zh": "片段的起点必须早于终点，且时长不超过 {limit_h} 小时。",
    }


class Banned(ShopcastError):
    code = "shows.banned"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{organisation} has closed its rooms to you since {since}. Reason given: {reason}. "
        "You can watch, buy and read. To ask for another look, write to {organisation}.",
        "zh": "自 {since} 起，您已被 {organisation} 禁止进入其直播间互动。原因：{reason}。"
        "您仍可观看、购买和浏览。如有异议，请联系 {organisation}。",
    }


NO_REASON_GIVEN: Mapping[Language, str] = {"en": "none", "zh": "未说明"}
