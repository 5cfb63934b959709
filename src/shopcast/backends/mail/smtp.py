"""Owns sending mail through the operator's server."""

import smtplib
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

from shopcast.backends.mail.message import build_message
from shopcast.kernel.ports import Mail

# A job waits for it; a server that is slower is tried again later.
_TIMEOUT_S = 20.0


class SmtpMailer:
    """`url`: smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        # smtplib's errors are OSErrors, which the port promises.
        message = build_message(mail, self._sender)
        with _connect(self._parts) as server:
            if self._parts.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self._parts.username:
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(message)


def _connect(parts: SplitResult) -> smtplib.SMTP:
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT_S, context=context)
    return smtplib.SMTP(host, parts.port or (587 if parts.scheme == "smtp+starttls" else 25), timeout=_TIMEOUT_S)
