"""Owns the headers that tell browsers what a page of ours may do and who may frame it."""

from urllib.parse import urlsplit

from shopcast.kernel.config import Settings

# Half a year: long enough to matter, short enough to get out of after a mistake.
_HSTS_S = 15_552_000


def security_headers(settings: Settings) -> dict[str, str]:
    """For every response; a route with `opt={"embed": True}` may be framed by other sites."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(self)",
        "Content-Security-Policy": content_security_policy(settings, framed_by="'none'"),
        "X-Frame-Options": "DENY",
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={_HSTS_S}; includeSubDomains"
    return headers


def content_security_policy(settings: Settings, framed_by: str) -> str:
    media = _origin(settings.public_media_url)
    sockets = _origin(settings.public_rooms_url)
    # Card fields are Stripe's own frames: only where Stripe is the way to pay.
    with_stripe = settings.payments == "stripe"
    scripts = " https://js.stripe.com" if with_stripe else ""
    calls = " https://api.stripe.com" if with_stripe else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self'{scripts}",
            "style-src 'self'",
            f"img-src 'self' data: blob: {media}",
            f"media-src 'self' blob: data: {media}",
            # 'self' covers sockets in current browsers; older ones need them named.
            f"connect-src 'self' {sockets} {media}{calls}",
            *(("frame-src https://js.stripe.com https://hooks.stripe.com",) if with_stripe else ()),
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framed_by}",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
