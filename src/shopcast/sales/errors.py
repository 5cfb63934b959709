"""Refusals of sales: what happened and what to do next. A refusal has changed nothing and moved no money."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class PriceChanged(ShopcastError):
    """`price_minor` is the price now; nothing is held."""

    code = "sales.price_changed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The price changed while you were looking. Check the new price and tap again.",
        "zh": "您浏览期间价格已变动。请确认新价格后再次点击。",
    }

    def __init__(self, price_minor: int, currency: str) -> None:
        super().__init__(price_minor=price_minor, currency=currency)


class NotForSale(ShopcastError):
    code = "sales.not_for_sale"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This item can't be bought right now. Look at the list for what is on offer.",
        "zh": "该商品目前无法购买。请在列表中查看在售商品。",
    }


class NothingToCharge(ShopcastError):
    code = "sales.nothing_to_charge"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "After discounts this costs nothing, and a payment needs an amount. Add something with a price, "
        "or leave out a code.",
        "zh": "优惠后金额为零，无法发起付款。请加入有价格的商品，或取消使用某个优惠码。",
    }


class TooManyHolds(ShopcastError):
    code = "sales.too_many_holds"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You are holding {limit} items already. Pay for some or give some back first.",
        "zh": "您已预留 {limit} 件商品。请先付款或取消部分预留。",
    }


class HoldOver(ShopcastError):
    code = "sales.hold_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Your hold on “{title}” is over, so nothing was charged. Tap buy again if it is still there.",
        "zh": "“{title}”的预留已结束，未扣款。如仍有货，请再次点击购买。",
    }


class HoldInPayment(ShopcastError):
    code = "sales.hold_in_payment"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is being paid right now. Wait for the answer before you try again.",
        "zh": "该商品正在付款中。请等待付款结果后再操作。",
    }


class NoExchangeRate(ShopcastError):
    code = "sales.no_exchange_rate"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "We can't turn {base} into {quote} here. Pay in {base}, or pay for each seller's items separately.",
        "zh": "目前无法将 {base} 换算为 {quote}。请使用 {base} 付款，或按卖家分别付款。",
    }


class CurrenciesDiffer(ShopcastError):
    code = "sales.currencies_differ"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This seller's items are priced in {first} and in {second}. Pay for them separately.",
        "zh": "该卖家的商品分别以 {first} 和 {second} 标价。请分别付款。",
    }


class TotalChanged(ShopcastError):
    """`total_minor` is the total now; nothing was charged and nothing changed."""

    code = "sales.total_changed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The total changed while you were looking. Check the new total and pay again. Nothing was charged.",
        "zh": "您浏览期间总金额已变动。请确认新的总金额后再次付款。未扣款。",
    }

    def __init__(self, total_minor: int, currency: str) -> None:
        super().__init__(total_minor=total_minor, currency=currency)


class AddressIncomplete(ShopcastError):
    code = "sales.address_incomplete"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Please check “{field}” in the address: parcels to this country need it in the usual form.",
        "zh": "请检查地址中的“{field}”：寄往该国家/地区需要按规范填写此项。",
    }


class AddressMissing(ShopcastError):
    code = "sales.address_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "We don't know yet where to send this. Give an address.",
        "zh": "还没有收货地址。请填写收货地址。",
    }


class EmailMissing(ShopcastError):
    code = "sales.email_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Give an e-mail address: your receipt and the link to your order are sent there.",
        "zh": "请填写邮箱：收据和订单链接将发送到该邮箱。",
    }


class CodeRefused(ShopcastError):
    """`reason` is why, as in the cart's answer."""

    code = "sales.code_refused"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The code “{typed}” does not lower this price, so nothing was charged. {why}",
        "zh": "优惠码“{typed}”对此订单无效，未扣款。{why}",
    }

    def __init__(self, typed: str, reason: str, why: Mapping[Language, str]) -> None:
        super().__init__(typed=typed, reason=reason)
        told = {language: text.replace("{why}", why[language]) for language, text in self.messages.items()}
        # What other refusals have on their class, this one has on itself.
        self.__dict__.update(messages=told)


class PaymentMethodMissing(ShopcastError):
    code = "sales.payment_method_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose how you want to pay.",
        "zh": "请选择支付方式。",
    }


class DoesNotShip(ShopcastError):
    code = "sales.does_not_ship"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The seller does not ship to {country}. Choose another address. Nothing was charged.",
        "zh": "卖家不发货至 {country}。请选择其他地址。未扣款。",
    }


class NothingToPay(ShopcastError):
    code = "sales.nothing_to_pay"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Name between 1 and {limit} different items to pay for.",
        "zh": "请选择 1 至 {limit} 件不同的商品付款。",
    }


class AlreadyPaid(ShopcastError):
    code = "sales.already_paid"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is paid already. You find it among your orders.",
        "zh": "该订单已付款。可在“我的订单”中查看。",
    }


class TooManyAttempts(ShopcastError):
    code = "sales.too_many_attempts"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This was tried {limit} times. Your items are given back; ask your bank before you try again.",
        "zh": "已尝试付款 {limit} 次。商品预留将释放；请咨询银行后再试。",
    }


class TooLateToChange(ShopcastError):
    code = "sales.too_late_to_change"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order is packed, cancelled or refunded already, so it can't be changed here. Ask the seller.",
        "zh": "该订单已打包、取消或退款，无法在此修改。请联系卖家。",
    }


class AddressChangesPrice(ShopcastError):
    code = "sales.address_changes_price"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Shipping or tax would change with this address. Cancel the order and place it again, or ask the seller.",
        "zh": "更换为该地址会改变运费或税费。请取消后重新下单，或联系卖家。",
    }


class NothingToRefund(ShopcastError):
    code = "sales.nothing_to_refund"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order is refunded already, or its refund is under way.",
        "zh": "该订单已退款，或退款正在处理中。",
    }


class NotThatMuch(ShopcastError):
    """More money than is left to pay back, of the order or of one line. Nothing was changed."""

    code = "sales.not_that_much"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Only {left} can still be paid back here. Enter that or less.",
        "zh": "此处最多还可退款 {left}。请输入不超过该金额的数值。",
    }

    def __init__(self, left: str) -> None:
        super().__init__(left=left)


class PolicyInvalid(ShopcastError):
    code = "sales.policy_invalid"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Check shipping zone {zone}: known countries named once, prices from 0, and days from 0 to 365 in order.",
        "zh": "请检查配送区域 {zone}：国家代码须有效且不重复，价格不小于 0，天数为 0 至 365 且顺序正确。",
    }


class WebhookRefused(ShopcastError):
    """Not from the provider, too old, or no secret is set: a 404, so that nobody learns what would be accepted."""

    code = "sales.webhook_refused"
    status = 404
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This notice is not one we can trust. Check the provider's webhook secret and the clock.",
        "zh": "无法验证该通知。请检查支付服务的 Webhook 密钥和系统时间。",
    }


class PaymentsAway(ShopcastError):
    code = "sales.payments_away"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The payment service does not answer. Nothing more was charged; try again in a moment.",
        "zh": "支付服务暂时没有响应。没有产生新的扣款，请稍后重试。",
    }


class DisputeOpen(ShopcastError):
    code = "sales.dispute_open"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The bank has taken this payment back for a dispute. Answer or accept the dispute; a refund would pay "
        "twice.",
        "zh": "该笔付款已因争议被银行扣回。请先应诉或接受争议；此时退款会导致重复付款。",
    }


class MoneyTakenBack(ShopcastError):
    code = "sales.money_taken_back"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The bank gave this order's money back to the buyer, so nothing was marked as sent. "
        "Cancel what is left, and it can be sold again.",
        "zh": "银行已将该订单的款项退还买家，因此未标记发货。请取消剩余商品，即可重新销售。",
    }


class NotThatMany(ShopcastError):
    """Of a line: more than can be sent, cancelled, returned or paid back now. Nothing was changed."""

    code = "sales.not_that_many"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Of “{title}” only {left} can be used here now. Reload the order and choose again.",
        "zh": "“{title}”目前最多只能操作 {left} 件。请刷新订单后重新选择。",
    }

    def __init__(self, title: str, left: int) -> None:
        super().__init__(title=title, left=left)


class LineUnknown(ShopcastError):
    code = "sales.line_unknown"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order has no such item. Reload the order and choose again.",
        "zh": "该订单中没有此商品。请刷新订单后重新选择。",
    }


class NothingToShip(ShopcastError):
    code = "sales.nothing_to_ship"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Nothing of this order is left to send: it is sent, cancelled, or not paid yet.",
        "zh": "该订单没有可发货的商品：已发货、已取消或尚未付款。",
    }


class TooLateToUndo(ShopcastError):
    code = "sales.too_late_to_undo"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "It is too late to undo this. The buyer was told already, or it went on.",
        "zh": "已无法撤销：买家已收到通知，或流程已继续。",
    }


class ReturnWindowOver(ShopcastError):
    code = "sales.return_window_over"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The time to send this back ended on {until}. Ask the seller if something is wrong with it.",
        "zh": "退货期限已于 {until} 结束。如商品有问题，请联系卖家。",
    }


class NothingToReturn(ShopcastError):
    code = "sales.nothing_to_return"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Nothing of this order can be sent back now: it is on its way back already, or was never sent.",
        "zh": "该订单目前没有可退的商品：商品已在退回途中，或从未发出。",
    }


class TooManyReturns(ShopcastError):
    code = "sales.too_many_returns"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This order has {limit} returns already. Ask the seller directly.",
        "zh": "该订单已有 {limit} 次退货申请。请直接联系卖家。",
    }


class ReturnNotOpen(ShopcastError):
    code = "sales.return_not_open"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This return is {state}, so that can't be done with it now. Reload the page.",
        "zh": "该退货当前状态为 {state}，无法执行此操作。请刷新页面。",
    }


class NotReceivedYet(ShopcastError):
    code = "sales.not_received_yet"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Only what has arrived can be inspected, once. Note first what came.",
        "zh": "只能检验已收到的商品，且每件仅可检验一次。请先登记收货。",
    }


class PhotoRefused(ShopcastError):
    code = "sales.photo_refused"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is not a picture we can show. Send a JPEG, PNG, WebP, GIF or AVIF of at most {limit_mb} MB.",
        "zh": "无法识别该图片。请上传不超过 {limit_mb} MB 的 JPEG、PNG、WebP、GIF 或 AVIF 图片。",
    }


class TooManyPhotos(ShopcastError):
    code = "sales.too_many_photos"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A return takes at most {limit} photos.",
        "zh": "每次退货最多可上传 {limit} 张照片。",
    }


class MistakeUnderway(ShopcastError):
    code = "sales.mistake_underway"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Orders at this price are being settled already, or are done. Look at the run that is listed.",
        "zh": "该价格的订单正在处理或已处理完毕。请查看列表中的处理记录。",
    }


class DisputeClosed(ShopcastError):
    code = "sales.dispute_closed"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This dispute was answered or decided already. Nothing more can be sent to the bank.",
        "zh": "该争议已应诉或已裁定，无法再向银行提交材料。",
    }


class LabelsAway(ShopcastError):
    code = "sales.labels_away"
    status = 503
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The carrier's service does not answer. No label was made; try again in a moment.",
        "zh": "承运商服务暂时没有响应，未生成面单。请稍后重试。",
    }
