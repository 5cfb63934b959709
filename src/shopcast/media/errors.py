"""What media refuses, and what to do about it."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class BroadcastEndedAlready(ShopcastError):
    code = "media.broadcast_ended"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This broadcast has ended. Schedule a new show to broadcast again.",
        "zh": "本场直播已结束。如需再次直播，请新建一场直播。",
    }


class StretchOutsideRecording(ShopcastError):
    code = "media.stretch_outside_recording"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "That stretch is not in the recording. Choose a start and a later end within it.",
        "zh": "所选片段不在录像范围内。请在录像内选择起点和更晚的终点。",
    }


class TooManyExports(ShopcastError):
    code = "media.too_many_exports"
    status = 429
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{limit} exports are already being made. Wait until one is ready.",
        "zh": "已有 {limit} 个导出任务正在进行。请等其中一个完成后再试。",
    }


class ExportOutdated(ShopcastError):
    code = "media.export_outdated"
    status = 410
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A stretch of this clip was taken out after the file was made. Export it again.",
        "zh": "该文件生成后，其中的片段已被移除。请重新导出。",
    }


class ExportsNeedExtra(ShopcastError):
    code = "media.exports_need_extra"
    status = 501
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "File exports need the extra shopcast[av] (it carries GPL codecs). The operator can install it.",
        "zh": "导出文件需要安装 shopcast[av] 扩展（含 GPL 编解码器）。请联系运营者安装。",
    }
