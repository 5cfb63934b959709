"""What a room may refuse, told so that the person in it knows what to do next."""

from shopcast.kernel.errors import ShopcastError


class TicketRefused(ShopcastError):
    code = "rooms.ticket_refused"
    status = 401
    messages = {
        "en": "This entry ticket is not valid any more. Open the show again to get a new one.",
        "zh": "入场凭证已失效，请重新打开直播间获取新的凭证。",
    }


class RoomNotAllowed(ShopcastError):
    code = "rooms.not_allowed"
    status = 403
    messages = {
        "en": "Your role in this show does not include this. Ask the host to make you a moderator.",
        "zh": "您在本场直播中没有这项权限，请联系主播将您设为管理员。",
    }


class LeaseHeld(ShopcastError):
    code = "rooms.lease_held"
    status = 409
    messages = {
        "en": "Another server is numbering this room until {until}. It takes over by itself when that server stops.",
        "zh": "另一台服务器正在为该直播间编号（至 {until}），其停止后将自动接管。",
    }


class LeaseLost(ShopcastError):
    code = "rooms.lease_lost"
    status = 409
    messages = {
        "en": "This server no longer numbers room {room_id}; another one has taken over. Nothing was written.",
        "zh": "本服务器已不再负责直播间 {room_id} 的编号，已由另一台接管，未写入任何内容。",
    }


class SlowMode(ShopcastError):
    code = "slow_mode"
    status = 429
    messages = {
        "en": "Slow mode is on: you can write again in {retry_after_s} s.",
        "zh": "慢速模式已开启：请在 {retry_after_s} 秒后再发言。",
    }


class Muted(ShopcastError):
    code = "muted"
    status = 403
    messages = {
        "en": "A moderator has muted you here for another {retry_after_s} s.",
        "zh": "您已被管理员禁言，剩余 {retry_after_s} 秒。",
    }


class Flood(ShopcastError):
    code = "flood"
    status = 429
    messages = {
        "en": "That was very fast. Wait {retry_after_s} s and try again.",
        "zh": "操作过于频繁，请在 {retry_after_s} 秒后重试。",
    }


class Duplicate(ShopcastError):
    code = "duplicate"
    status = 429
    messages = {
        "en": "You have just written the same line. Change it, or wait {retry_after_s} s.",
        "zh": "您刚刚发送过相同内容，请修改，或等待 {retry_after_s} 秒。",
    }


class MutedByWord(ShopcastError):
    code = "muted_by_word"
    status = 403
    messages = {
        "en": "This line has a word that is not allowed here, so you can't write for {retry_after_s} s. "
        "If that is a mistake, ask a moderator to look at it.",
        "zh": "该发言含有本直播间禁止的词语，您将在 {retry_after_s} 秒内无法发言。如属误判，可请管理员复核。",
    }


class FollowersOnly(ShopcastError):
    code = "followers_only"
    status = 403
    messages = {
        "en": "Only followers write here at the moment. Follow the host or the shop, and you can at once.",
        "zh": "当前仅限粉丝发言。关注主播或店铺后即可发言。",
    }


class Held(ShopcastError):
    code = "held"
    status = 403
    messages = {
        "en": "A moderator looks at this line before others see it. You need not send it again.",
        "zh": "该发言需经管理员审核后才会显示，无需重复发送。",
    }


class Expelled(ShopcastError):
    code = "expelled"
    status = 403
    messages = {
        "en": "You have been shown out of this room by its moderators.",
        "zh": "您已被管理员移出本直播间。",
    }


class AlreadyDecided(ShopcastError):
    code = "rooms.already_decided"
    status = 409
    messages = {
        "en": "Another moderator has just decided this. Reload the queue to see how.",
        "zh": "其他管理员刚刚已处理该条目，请刷新队列查看结果。",
    }


class MutedWord(ShopcastError):
    code = "muted_word"
    status = 422
    messages = {
        "en": "This line has a word that the host does not allow here. Write it another way.",
        "zh": "该发言含有主播屏蔽的词语，请换一种说法。",
    }


class LineInvalid(ShopcastError):
    code = "line_invalid"
    status = 422
    messages = {
        "en": "A chat line needs 1 to {limit} characters.",
        "zh": "发言需为 1 到 {limit} 个字符。",
    }


class NoSuchLine(ShopcastError):
    code = "no_such_line"
    status = 404
    messages = {
        "en": "There is no chat line with that number in this room.",
        "zh": "本直播间没有该编号的发言。",
    }


class RoomBusy(ShopcastError):
    code = "room_busy"
    status = 503
    messages = {
        "en": "The chat is very busy. Your line was not sent; try again in {retry_after_s} s.",
        "zh": "聊天过于繁忙，您的发言未发送，请在 {retry_after_s} 秒后重试。",
    }


class InvalidFrame(ShopcastError):
    code = "invalid_frame"
    status = 422
    messages = {
        "en": "The server did not understand this message. Reload the page to get the newest version.",
        "zh": "服务器无法理解该消息，请刷新页面以使用最新版本。",
    }
