"""The words of subscriptions: what is agreed to, every mail, and why one rests, in both languages."""

from collections.abc import Mapping
from typing import Final

from shopcast.kernel.errors import Language
from shopcast.sales.payments.failures import failure_message
from shopcast.sales.standing.words import CHANGED_MEANWHILE

CONSENT: Final[Mapping[Language, str]] = {
    "en": "Send me {quantity} × {what} every {days} days, the first time now. For each delivery {seller} may charge my "
    "saved card the price of the day{discount}: today {total} with shipping and tax, and never more than {cap}. Except "
    "for the first one I get a mail with the price {notice} days before each delivery, and can skip or stop with one "
    "tap, there or in my account, at any time and without a reason. This permission ends after a year.",
    "zh": "每 {days} 天给我寄送 {quantity} 件“{what}”，首次立即发货。"
    "每次配送 {seller} 可按当日价格{discount}从我保存的银行卡扣款：今日含运费和税费为 {total}，任何一次都不超过 {cap}。"
    "除首次外，每次配送前 {notice} 天我会收到注明价格的邮件，"
    "并可随时在邮件或账户中一键跳过或停止，无需理由。此授权一年后失效。",
}
CHANGE_CONSENT: Final[Mapping[Language, str]] = {
    "en": "From the next delivery on, send me {quantity} × {what} every {days} days. For each delivery {seller} may "
    "charge my saved card the price of the day{discount}: today {total} with shipping and tax, and never more than "
    "{cap}. I get a mail with the price {notice} days before each delivery, and can skip or stop with one tap, there "
    "or in my account, at any time and without a reason. This permission ends after a year.",
    "zh": "自下次配送起，每 {days} 天给我寄送 {quantity} 件“{what}”。"
    "每次配送 {seller} 可按当日价格{discount}从我保存的银行卡扣款：今日含运费和税费为 {total}，任何一次都不超过 {cap}。"
    "每次配送前 {notice} 天我会收到注明价格的邮件，并可随时在邮件或账户中一键跳过或停止，无需理由。此授权一年后失效。",
}
DISCOUNT: Final[Mapping[Language, str]] = {"en": " less {percent}", "zh": "（优惠 {percent}）"}

SUBJECTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "started": {"en": "Your subscription: {what}", "zh": "您的定期订购：{what}"},
    "notice": {"en": "On {date}: {what}", "zh": "{date} 配送：{what}"},
    "price_rise": {
        "en": "New price for {what}: please read before {date}",
        "zh": "{what} 价格变动，请在 {date} 前查看",
    },
    "out_of_stock": {"en": "Out of stock for now: {what}", "zh": "暂时缺货：{what}"},
    "left_out": {"en": "Left out this time: {what}", "zh": "本次跳过：{what}"},
    "retry": {"en": "Payment did not go through: {what}", "zh": "付款未成功：{what}"},
    "paused": {"en": "Your subscription rests: {what}", "zh": "定期订购已暂停：{what}"},
    "not_started": {"en": "Your subscription did not start: {what}", "zh": "定期订购未能开始：{what}"},
    "stopped": {"en": "Your subscription has ended: {what}", "zh": "定期订购已结束：{what}"},
}
BODIES: Final[Mapping[str, Mapping[Language, str]]] = {
    "started": {
        "en": "You agreed to this:\n\n“{consent}”",
        "zh": "您已同意以下内容：\n\n“{consent}”",
    },
    "notice": {
        "en": "On {date} we send you {quantity} × {what} again and charge your saved card {total}, shipping and tax "
        "included.",
        "zh": "我们将于 {date} 再次为您寄送 {quantity} 件“{what}”，并从您保存的银行卡扣款 {total}（含运费和税费）。",
    },
    "price_rise": {
        "en": "The price rose since we last told you. The next {quantity} × {what} will cost {total}, shipping and tax "
        "included; before it was {was}. We send it on {date} unless you skip or stop before then.",
        "zh": "自上次通知后价格有上涨。下次 {quantity} 件“{what}”含运费和税费为 {total}，此前为 {was}。"
        "如您未在此之前跳过或停止，我们将于 {date} 发货。",
    },
    "out_of_stock": {
        "en": "{quantity} × {what} is out of stock. Nothing was charged. We look again every day for a week.",
        "zh": "“{what}”暂时缺货（{quantity} 件），未扣款。我们将在一周内每天重试。",
    },
    "left_out": {
        "en": "{quantity} × {what} was out of stock for a week, so this delivery is left out. Nothing was charged. The "
        "next one is on {date}.",
        "zh": "“{what}”已缺货一周（{quantity} 件），本次配送跳过，未扣款。下次配送日期为 {date}。",
    },
    "retry": {
        "en": "We could not charge your saved card for {quantity} × {what}. {why}\n\nWe try again on {date}.",
        "zh": "无法从您保存的银行卡扣除 {quantity} 件“{what}”的款项。{why}\n\n我们将于 {date} 重试。",
    },
    "paused": {
        "en": "We do not send {quantity} × {what} for now, and nothing was charged. {why}\n\nTo go on, choose “Resume” "
        "in your account.",
        "zh": "我们暂时停止寄送 {quantity} 件“{what}”，未扣款。{why}\n\n如需继续，请在账户中选择“恢复”。",
    },
    "not_started": {
        "en": "The first payment for {quantity} × {what} did not go through, so the subscription did not start and "
        "nothing was charged. {why}",
        "zh": "{quantity} 件“{what}”的首次付款未成功，定期订购未开始，未扣款。{why}",
    },
    "stopped": {
        "en": "Nothing more is sent or charged for {quantity} × {what}. What was ordered before stays as it is.",
        "zh": "不会再寄送“{what}”（{quantity} 件），也不会再扣款。此前的订单不受影响。",
    },
}
SKIP_LINE: Final[Mapping[Language, str]] = {"en": "Skip this one:", "zh": "跳过本次："}
STOP_LINE: Final[Mapping[Language, str]] = {"en": "Stop the subscription:", "zh": "停止订购："}
SEE_LINE: Final[Mapping[Language, str]] = {"en": "See or change it:", "zh": "查看或更改："}

_REASONS: Final[Mapping[str, Mapping[Language, str]]] = {
    "sales.mandate_over": {
        "en": "The permission to charge your card was withdrawn or is over.",
        "zh": "扣款授权已撤回或失效。",
    },
    "sales.over_the_cap": {
        "en": "With shipping and tax it would now cost more than you agreed to.",
        "zh": "加上运费和税费后已超出您同意的金额。",
    },
    "sales.does_not_ship": {
        "en": "The seller no longer ships to your address.",
        "zh": "卖家不再发货至您的地址。",
    },
    "sales.not_for_sale": {
        "en": "The seller no longer sells this.",
        "zh": "卖家已停止销售该商品。",
    },
    "sales.restricted": {
        "en": "Your buying is restricted for now; see “Restrictions” in your account.",
        "zh": "您的购买功能暂时受限，详见账户中的“购买限制”。",
    },
    "catalog.sold_out": {
        "en": "It was out of stock.",
        "zh": "商品缺货。",
    },
}


def reason_text(code: str, language: Language) -> str:
    """Ours, or the bank's reason; a refusal of ours without words here is not the bank's doing."""
    own = _REASONS.get(code)
    if own is not None:
        return own[language]
    return CHANGED_MEANWHILE[language] if "." in code or code == "not_found" else failure_message(code, language)
