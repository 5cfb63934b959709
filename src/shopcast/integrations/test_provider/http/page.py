"""The words and shape of the second step's page, in both languages."""

import base64
import hashlib
import html
from collections.abc import Mapping

from shopcast.integrations.test_provider.protocol import Confirmation
from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money, minor_digits

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Confirm your payment",
        "note": "This is the test provider. No money moves.",
        "ask": "Do you confirm the payment of {amount} for “{what}”?",
        "ask_setup": "Do you confirm that this card may be kept for later?",
        "wallet": "Demo Wallet",
        "yes": "Confirm",
        "no": "Decline",
        "over": "This payment is decided already.",
        "back": "Back to the shop",
    },
    "zh": {
        "title": "确认付款",
        "note": "这是测试支付服务，不会产生真实扣款。",
        "ask": "确认为“{what}”支付 {amount} 吗？",
        "ask_setup": "确认保存此卡以便日后使用吗？",
        "wallet": "演示钱包",
        "yes": "确认付款",
        "no": "拒绝",
        "over": "该笔付款已处理。",
        "back": "返回商店",
    },
}
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1c1b1a;"
    "background:#fbfaf8}button,a.back{font:inherit;min-height:48px;width:100%;margin-top:12px;border-radius:12px;"
    "border:1px solid #767069;background:#fff;color:inherit;display:block;text-align:center;line-height:48px;"
    "text-decoration:none;padding:0}button.yes{background:#1c1b1a;color:#fff}small{color:#5c5751}"
)
# The page is another company's: it brings its own style, allowed by its hash and nothing else.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def confirmation_page(confirmation: Confirmation, language: Language) -> str:
    words = {name: html.escape(text) for name, text in _WORDS[language].items()}
    if confirmation.open:
        ask = words["ask_setup"]
        if confirmation.amount is not None:
            ask = words["ask"].format(amount=_amount(confirmation.amount), what=html.escape(confirmation.description))
        if confirmation.wallet:
            ask = f"<strong>{words['wallet']}</strong><br>{ask}"
        body = (
            f'<p>{ask}</p><form method="post">'
            f'<button class="yes" name="decision" value="approve">{words["yes"]}</button>'
            f'<button name="decision" value="decline">{words["no"]}</button></form>'
        )
    else:
        back = html.escape(confirmation.return_url, quote=True)
        body = f'<p>{words["over"]}</p><a class="back" href="{back}">{words["back"]}</a>'
    code = "zh-Hans" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{words["title"]}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{words['title']}</h1>{body}"
        f"<p><small>{words['note']}</small></p></main></body></html>"
    )


def _amount(money: Money) -> str:
    digits = minor_digits(money.currency)
    whole, fraction = divmod(money.amount_minor, 10**digits)
    return f"{money.currency} {whole:,}" + (f".{fraction:0{digits}d}" if digits else "")
