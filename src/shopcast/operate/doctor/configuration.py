"""What the doctor says of the settings: what they allow or contradict. Pure: settings in, a finding out."""

import ipaddress
from urllib.parse import urlsplit

from shopcast.kernel.config import Settings
from shopcast.operate.doctor.finding import Finding, fail, ok, warn


def is_public(settings: Settings) -> bool:
    """Whether others than this machine are meant to reach it."""
    host = urlsplit(settings.public_url).hostname or ""
    return not _is_local(host) or not _is_local(settings.host)


def demo(settings: Settings) -> Finding:
    if settings.demo and is_public(settings):
        return fail(
            "demo",
            "The demo's accounts work, their passwords are in the documentation, and this shop can be reached by "
            "others. Remove SHOPCAST_DEMO, and make accounts of your own.",
            "演示账号可用，其密码写在文档中，而本商店可被他人访问。请移除 SHOPCAST_DEMO 并创建自己的账号。",
        )
    return ok("demo", "No demo accounts can be used by others.", "演示账号不会被他人使用。")


def payments(settings: Settings) -> Finding:
    if settings.payments == "test":
        if is_public(settings):
            return fail(
                "payments",
                'Anybody can "pay" without money: SHOPCAST_PAYMENTS is test. Set SHOPCAST_PAYMENTS=stripe and its keys '
                "before you open (docs/operate/payments.md).",
                "任何人都可以不付钱“付款”:SHOPCAST_PAYMENTS 为 test。"
                "开业前请设置 SHOPCAST_PAYMENTS=stripe 及其密钥"
                "(见 docs/operate/payments.md)。",
            )
        return ok("payments", "The test provider takes payments; no money moves.", "使用测试支付，不发生真实扣款。")
    if not settings.stripe_webhook_secret:
        return warn(
            "payments",
            "SHOPCAST_STRIPE_WEBHOOK_SECRET is not set, so Stripe's webhooks are refused: payments end later, disputes "
            "are not heard of. Copy the endpoint's signing secret from Stripe's dashboard.",
            "未设置 SHOPCAST_STRIPE_WEBHOOK_SECRET，Stripe 的 webhook 会被拒绝:付款确认变慢，收不到争议通知。"
            "请从 Stripe 控制台复制端点的签名密钥。",
        )
    if "_test_" in settings.stripe_secret_key and is_public(settings):
        return warn(
            "payments",
            "Stripe's keys are of its test mode: no money arrives. Use the live keys when you open.",
            "当前使用 Stripe 测试模式的密钥:不会收到款项。开业时请换用正式密钥。",
        )
    return ok("payments", "Stripe is set up, with its webhook secret.", "Stripe 及其 webhook 密钥已配置。")


def proxies(settings: Settings) -> Finding:
    behind_proxy = settings.is_https and settings.tls_cert is None
    if behind_proxy and not settings.trusted_proxies:
        return fail(
            "proxies",
            "The shop is reached over HTTPS, and HTTPS ends at a proxy that SHOPCAST_TRUSTED_PROXIES does not name: "
            "all visitors count as one, and together they run into the limits. Set it to the proxy's address, e.g. "
            "SHOPCAST_TRUSTED_PROXIES=127.0.0.1.",
            "商店通过 HTTPS 访问，但终止 HTTPS 的代理未列入 SHOPCAST_TRUSTED_PROXIES:"
            "所有访客会被视为同一人并共同触发限流。"
            "请设置为代理地址，例如 SHOPCAST_TRUSTED_PROXIES=127.0.0.1。",
        )
    return ok("proxies", "Visitors' addresses are known.", "可以识别访客地址。")


def https(settings: Settings) -> Finding:
    host = urlsplit(settings.public_url).hostname or ""
    if not settings.is_https and not _is_local(host) and not _is_private(host):
        return fail(
            "https",
            f"{settings.public_url} is not HTTPS: browsers refuse the camera, the cookies travel in the clear. Put a "
            "proxy with a certificate in front (docs/operate/https-and-proxies.md).",
            f"{settings.public_url} 不是 HTTPS:浏览器会拒绝摄像头，Cookie 以明文传输。"
            "请在前面放置带证书的代理(见 docs/operate/https-and-proxies.md)。",
        )
    return ok("https", f"People come in by {settings.public_url}.", f"访问地址为 {settings.public_url}。")


def mail(settings: Settings) -> Finding:
    if settings.smtp_url is None and is_public(settings):
        return fail(
            "mail",
            "No mail leaves the house: receipts, invitations and password resets lie as files in the data directory. "
            "Set SHOPCAST_SMTP_URL, e.g. smtp+starttls://name:password@mail.example:587.",
            "邮件无法发出:收据、邀请和密码重置仅保存为数据目录中的文件。请设置 SHOPCAST_SMTP_URL，"
            "例如 smtp+starttls://name:password@mail.example:587。",
        )
    if settings.smtp_url is not None and settings.mail_from.endswith("@localhost"):
        return warn(
            "mail",
            "Mail is sent from shop@localhost, which most receivers refuse. Set SHOPCAST_MAIL_FROM to an address of "
            "your domain.",
            "发件人为 shop@localhost，多数收件方会拒收。请将 SHOPCAST_MAIL_FROM 设为您域名下的地址。",
        )
    return ok("mail", "Mail has a way out, or nobody outside needs it.", "邮件设置正常。")


def _is_local(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith((".local", ".lan", ".internal", ".test", ".example"))
