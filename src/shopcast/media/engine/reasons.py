"""Owns the sentences that an encoder shows its host when a publish is refused or ended, in English and Chinese."""

from __future__ import annotations

# The encoder's language is unknown, so both are sent; ffmpeg and OBS print the text as it comes.
_TEXTS = {
    "unknown_key": (
        "This stream key is not known. Copy it again from the host console.",
        "推流密钥无效，请从主播控制台重新复制。",
    ),
    "revoked_key": (
        "This stream key was replaced. Copy the new one from the host console.",
        "此推流密钥已被更换，请从主播控制台复制新的密钥。",
    ),
    "no_answer": (
        "The shop server did not answer. Wait a moment and start streaming again.",
        "店铺服务器没有响应，请稍后重新推流。",
    ),
    "already_publishing": (
        "Another encoder is live with this key. Stop it, or press 'take over' in the host console.",
        "已有编码器在使用此密钥直播，请先停止它，或在主播控制台点击“接管”。",
    ),
    "ended": (
        "This show has ended. Use the key of your next show.",
        "本场直播已结束，请使用下一场直播的推流密钥。",
    ),
    "codec_unsupported": (
        "The codec {codec} cannot be shown in every browser. Set the encoder to H.264 video and AAC audio.",
        "部分浏览器无法播放 {codec} 编码，请将编码器设置为 H.264 视频和 AAC 音频。",
    ),
    "bitrate_maximum": (
        "The stream is far over the allowed bit rate. Set the encoder to 2500 kbit/s.",
        "码率远超上限，请将编码器设置为 2500 kbit/s。",
    ),
    "busy": (
        "This server takes no more streams right now. Try again in a minute.",
        "服务器当前无法接收更多推流，请一分钟后再试。",
    ),
    "publish_only": (
        "This address only takes streams; watch the show on its page.",
        "此地址仅用于推流，请在直播页面观看。",
    ),
    "kicked": (
        "The shop ended this stream.",
        "店铺已中断此推流。",
    ),
    "engine_stopped": (
        "The streaming server restarts. Start streaming again in a moment.",
        "推流服务器正在重启，请稍后重新推流。",
    ),
    "replaced": (
        "Another encoder took over this show.",
        "另一编码器已接管本场直播。",
    ),
}


def reason_text(code: str, *, codec: str = "", given: str = "") -> str:
    """Both languages of `code`; what the shop server gave is preferred."""
    if given:
        return given
    english, chinese = _TEXTS.get(code, ("The stream was refused.", "推流被拒绝。"))
    return f"{english} / {chinese}".replace("{codec}", codec)
