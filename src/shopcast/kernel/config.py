"""Owns the settings: environment variables in, one frozen struct out. Reads no file but the secret's."""

import difflib
import os
import re
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import msgspec

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import minor_digits

_NAMES = (
    "SHOPCAST_DATA_DIR",
    "SHOPCAST_DATABASE_URL",
    "SHOPCAST_REDIS_URL",
    "SHOPCAST_BLOBS_URL",
    "SHOPCAST_S3_ENDPOINT",
    "SHOPCAST_S3_REGION",
    "SHOPCAST_S3_ACCESS_KEY",
    "SHOPCAST_S3_SECRET_KEY",
    "SHOPCAST_SECRET",
    "SHOPCAST_HOST",
    "SHOPCAST_HTTP_PORT",
    "SHOPCAST_ROOMS_PORT",
    "SHOPCAST_SLOT",
    "SHOPCAST_DRAIN_S",
    "SHOPCAST_MEDIA_HTTP_PORT",
    "SHOPCAST_RTMP_PORT",
    "SHOPCAST_RTMPS_PORT",
    "SHOPCAST_NODE",
    "SHOPCAST_MEDIA_CONTROL_PORT",
    "SHOPCAST_MEDIA_NODES",
    "SHOPCAST_TLS_CERT",
    "SHOPCAST_TLS_KEY",
    "SHOPCAST_PUBLIC_URL",
    "SHOPCAST_PUBLIC_ROOMS_URL",
    "SHOPCAST_PUBLIC_MEDIA_URL",
    "SHOPCAST_PUBLIC_RTMP_URL",
    "SHOPCAST_DEMO",
    "SHOPCAST_SMTP_URL",
    "SHOPCAST_MAIL_FROM",
    "SHOPCAST_LOG_LEVEL",
    "SHOPCAST_CURRENCY",
    "SHOPCAST_TRUSTED_PROXIES",
    "SHOPCAST_PAYMENTS",
    "SHOPCAST_STRIPE_SECRET_KEY",
    "SHOPCAST_STRIPE_PUBLISHABLE_KEY",
    "SHOPCAST_STRIPE_WEBHOOK_SECRET",
    "SHOPCAST_TEST_PROVIDER_CHAOS",
    "SHOPCAST_TEST_PROVIDER_URL",
    "SHOPCAST_METRICS_HOST",
    "SHOPCAST_METRICS_PORT",
    "SHOPCAST_METRICS_TOKEN",
    "SHOPCAST_OTLP_ENDPOINT",
    "SHOPCAST_TRACE_SAMPLING",
    # Read by `shopcast backup` and `restore` alone: nobody else should have it in memory.
    "SHOPCAST_BACKUP_PASSPHRASE",
)
Payments = Literal["test", "stripe"]
LogLevel = Literal["debug", "info", "warning", "error"]
_TRUE = ("1", "true", "yes", "on")
# What examples have where a secret of one's own belongs.
_PLACEHOLDER = "CHANGE_ME"
_FALSE = ("0", "false", "no", "off", "")


class SettingsError(Exception):
    """A setting can't be used. The text says which one, why, and what to write instead."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    data_dir: Path = Path("var")
    # With it this is the cluster profile: many processes, many machines. Without: everything on this one, in data_dir.
    database_url: str | None = None
    redis_url: str | None = None
    # s3://bucket/prefix, for several machines. Without: files in data_dir, which one machine has, or all share.
    blobs_url: str | None = None
    s3_endpoint: str | None = None
    s3_region: str | None = None
    # Without them those of the machine's role are used.
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    given_secret: str | None = None
    host: str = "127.0.0.1"
    http_port: int = 8080
    rooms_port: int = 8082
    # Names a rooms process of a cluster, unique among all of them. Empty: it names itself.
    slot: str = ""
    # How long a process that was told to stop says "not ready" before it closes its port. None: the profile's.
    given_drain_s: int | None = None
    media_http_port: int = 8081
    rtmp_port: int = 1935
    rtmps_port: int | None = None
    # A media node of a cluster: its name (the machine's by default), and the port at which workers reach it.
    node: str = ""
    media_control_port: int = 8083
    # Where workers find the media nodes of a cluster. Empty: there is one engine, behind a Unix socket.
    media_nodes: tuple[tuple[str, int], ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    given_public_url: str | None = None
    given_public_rooms_url: str | None = None
    given_public_media_url: str | None = None
    given_public_rtmp_url: str | None = None
    demo: bool = False
    smtp_url: str | None = None
    mail_from: str = "shop@localhost"
    log_level: LogLevel = "info"
    currency: str = "EUR"
    # Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.
    trusted_proxies: tuple[str, ...] = ()
    payments: Payments = "test"
    stripe_secret_key: str = ""
    stripe_publishable_key: str = ""
    # Without it every webhook is refused: an empty key is one that anybody can sign with.
    stripe_webhook_secret: str = ""
    # A seed: the test provider's webhooks then come late, doubled, out of order, or not at all. None: it behaves.
    test_provider_chaos: int | None = None
    # Where the roles of a cluster find it. None: on this machine, wherever it writes that it is.
    test_provider_url: str | None = None
    # Numbers and health of all processes of this machine, for scrapers and probes. None: on no port.
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    metrics_token: str = ""
    # Where traces go. None: none are made.
    otlp_endpoint: str | None = None
    # Of a hundred requests a percent is enough to see where the time goes, and a drop does not feel it.
    trace_sampling: float = 1.0

    def __repr__(self) -> str:
        # Settings end up in tracebacks and logs; keys must not.
        return f"Settings(data_dir={self.data_dir!s}, public_url={self.public_url}, payments={self.payments})"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        _refuse_unknown(environ)
        _refuse_placeholders(environ)
        read = _Reader(environ)
        settings = cls(
            data_dir=Path(read.text("SHOPCAST_DATA_DIR") or "./var"),
            database_url=read.database_url("SHOPCAST_DATABASE_URL"),
            redis_url=read.redis_url("SHOPCAST_REDIS_URL"),
            blobs_url=read.url("SHOPCAST_BLOBS_URL", ("s3",)),
            s3_endpoint=read.url("SHOPCAST_S3_ENDPOINT", ("http", "https")),
            s3_region=read.text("SHOPCAST_S3_REGION") or None,
            s3_access_key=read.text("SHOPCAST_S3_ACCESS_KEY") or None,
            s3_secret_key=read.text("SHOPCAST_S3_SECRET_KEY") or None,
            given_secret=read.secret("SHOPCAST_SECRET"),
            host=read.text("SHOPCAST_HOST") or "127.0.0.1",
            http_port=read.port("SHOPCAST_HTTP_PORT", 8080),
            rooms_port=read.port("SHOPCAST_ROOMS_PORT", 8082),
            slot=read.name("SHOPCAST_SLOT"),
            given_drain_s=read.seconds("SHOPCAST_DRAIN_S", 60),
            media_http_port=read.port("SHOPCAST_MEDIA_HTTP_PORT", 8081),
            rtmp_port=read.port("SHOPCAST_RTMP_PORT", 1935),
            rtmps_port=read.port("SHOPCAST_RTMPS_PORT", 0) or None,
            node=read.node("SHOPCAST_NODE"),
            media_control_port=read.port("SHOPCAST_MEDIA_CONTROL_PORT", 8083),
            media_nodes=read.addresses("SHOPCAST_MEDIA_NODES", 8083),
            tls_cert=read.file("SHOPCAST_TLS_CERT"),
            tls_key=read.file("SHOPCAST_TLS_KEY"),
            given_public_url=read.url("SHOPCAST_PUBLIC_URL", ("http", "https")),
            given_public_rooms_url=read.url("SHOPCAST_PUBLIC_ROOMS_URL", ("ws", "wss")),
            given_public_media_url=read.url("SHOPCAST_PUBLIC_MEDIA_URL", ("http", "https")),
            given_public_rtmp_url=read.url("SHOPCAST_PUBLIC_RTMP_URL", ("rtmp", "rtmps")),
            demo=read.boolean("SHOPCAST_DEMO"),
            smtp_url=read.url("SHOPCAST_SMTP_URL", ("smtp", "smtps", "smtp+starttls")),
            mail_from=read.text("SHOPCAST_MAIL_FROM") or "shop@localhost",
            log_level=read.log_level("SHOPCAST_LOG_LEVEL"),
            currency=read.currency("SHOPCAST_CURRENCY"),
            trusted_proxies=tuple(part.strip() for part in read.text("SHOPCAST_TRUSTED_PROXIES").split(",") if part),
            payments=read.payments("SHOPCAST_PAYMENTS"),
            stripe_secret_key=read.key("SHOPCAST_STRIPE_SECRET_KEY", ("sk_", "rk_")),
            stripe_publishable_key=read.key("SHOPCAST_STRIPE_PUBLISHABLE_KEY", ("pk_",)),
            stripe_webhook_secret=read.key("SHOPCAST_STRIPE_WEBHOOK_SECRET", ("whsec_",)),
            test_provider_chaos=read.seed("SHOPCAST_TEST_PROVIDER_CHAOS"),
            test_provider_url=read.url("SHOPCAST_TEST_PROVIDER_URL", ("http",)),
            metrics_host=read.text("SHOPCAST_METRICS_HOST") or "127.0.0.1",
            metrics_port=read.port("SHOPCAST_METRICS_PORT", 0) or None,
            metrics_token=read.text("SHOPCAST_METRICS_TOKEN"),
            otlp_endpoint=read.url("SHOPCAST_OTLP_ENDPOINT", ("http", "https")),
            trace_sampling=read.share("SHOPCAST_TRACE_SAMPLING", 1.0),
        )
        _refuse_half_tls(settings)
        _refuse_half_stripe(settings)
        _refuse_half_cluster(settings)
        _refuse_half_s3(settings)
        _refuse_public_metrics(settings)
        return settings

    @property
    def is_cluster(self) -> bool:
        return self.database_url is not None

    @property
    def drain_s(self) -> int:
        """An embedded shop has nobody in front that must notice first."""
        return self.given_drain_s if self.given_drain_s is not None else 2 * self.is_cluster

    @property
    def public_url(self) -> str:
        return self.given_public_url or f"http://{_reachable(self.host)}:{self.http_port}"

    @property
    def public_rooms_url(self) -> str:
        """Where pages find the rooms' sockets: where they came from themselves, unless nothing stands in front."""
        if self.given_public_rooms_url is not None:
            return self.given_public_rooms_url
        if self.is_cluster and self.given_public_url is None:
            return f"{'wss' if self.tls_cert else 'ws'}://{_reachable(self.host)}:{self.rooms_port}"
        return self.public_url.replace("http", "ws", 1)

    @property
    def public_media_url(self) -> str:
        return self.given_public_media_url or f"http://{_reachable(self.host)}:{self.media_http_port}"

    @property
    def public_rtmp_url(self) -> str:
        return self.given_public_rtmp_url or f"rtmp://{_reachable(self.host)}:{self.rtmp_port}/live"

    @property
    def test_provider_address(self) -> tuple[str, int] | None:
        if self.test_provider_url is None:
            return None
        parts = urlsplit(self.test_provider_url)
        return parts.hostname or "", parts.port or 80

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database_path(self) -> Path:
        return self.data_dir / "shopcast.sqlite3"

    @property
    def run_dir(self) -> Path:
        """Where sockets and locks live."""
        return self.data_dir / "run"

    @property
    def writer_socket_path(self) -> Path:
        return self.run_dir / "writer.sock"

    @property
    def secret(self) -> bytes:
        """32 bytes that sign cookies and tickets, made once (owner-readable only) and kept beside the database, unless
        they were given because several machines share them."""
        if self.given_secret is not None:
            return bytes.fromhex(self.given_secret)
        return _read_or_make_secret(self.data_dir / "secret")


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def port(self, name: str, default: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65_535:
            raise SettingsError(f"{name}={text} is not a port. Write a number from 1 to 65535, e.g. {name}=8080.")
        return int(text)

    def seconds(self, name: str, most: int) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) > most:
            raise SettingsError(f"{name}={text} is not a time. Write whole seconds from 0 to {most}, e.g. {name}=5.")
        return int(text)

    def share(self, name: str, default: float) -> float:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"[01]|[01]?\.\d{1,9}", text, re.ASCII) or not 0 <= float(text) <= 1:
            raise SettingsError(f"{name}={text} is not a share. Write a number from 0 to 1, e.g. {name}=0.01.")
        return float(text)

    def node(self, name: str) -> str:
        return self.name(name) or re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60]

    def name(self, name: str) -> str:
        text = self.text(name)
        if not re.fullmatch(r"[A-Za-z0-9.-]{0,60}", text, re.ASCII):
            raise SettingsError(f"{name}={text} is not a name. Use at most 60 letters, digits, dots and hyphens.")
        return text

    def addresses(self, name: str, default_port: int) -> tuple[tuple[str, int], ...]:
        found = []
        for part in filter(None, (one.strip() for one in self.text(name).split(","))):
            try:
                parts = urlsplit(f"//{part}")
                host, port = parts.hostname, parts.port or default_port
            except ValueError:
                host, port = None, 0
            if not host or "/" in part or "@" in part:
                raise SettingsError(
                    f"{name}={self.text(name)} is not a list of addresses. Write host:port, separated by commas, "
                    f"e.g. {name}=media-1:{default_port},media-2:{default_port}."
                )
            found.append((host, port))
        return tuple(found)

    def boolean(self, name: str) -> bool:
        text = self.text(name).lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise SettingsError(f"{name}={text} is neither yes nor no. Write {name}=1 or {name}=0.")

    def file(self, name: str) -> Path | None:
        text = self.text(name)
        if text and not Path(text).is_file():
            raise SettingsError(f"{name}={text} is not a file. Give the path of a PEM file, or leave {name} out.")
        return Path(text) if text else None

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        text = self.text(name).rstrip("/")
        if not text:
            return None
        parts = urlsplit(text)
        if parts.scheme not in schemes or not parts.hostname:
            raise SettingsError(
                f"{name}={text} is not an address we can use. Write something like {schemes[-1]}://shop.example."
            )
        return text

    def database_url(self, name: str) -> str | None:
        # The value stays out of the messages: it holds a password, and messages end up in logs.
        text = self.text(name)
        if text and urlsplit(text).scheme not in ("postgresql", "postgres"):
            raise SettingsError(
                f"{name} is not the address of a PostgreSQL database. Write something like "
                f"{name}=postgresql://shopcast:password@db.example/shopcast, or leave {name} out to keep everything "
                "on this machine."
            )
        return text or None

    def redis_url(self, name: str) -> str | None:
        text = self.text(name)
        if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
            raise SettingsError(
                f"{name} is not the address of a Redis or Valkey server. Write something like "
                f"{name}=redis://redis.example:6379/0."
            )
        return text or None

    def secret(self, name: str) -> str | None:
        text = self.text(name).lower()
        if text and not re.fullmatch(r"[0-9a-f]{64}", text):
            raise SettingsError(f"{name} should be 64 hexadecimal digits. Make one with: openssl rand -hex 32")
        return text or None

    def log_level(self, name: str) -> LogLevel:
        text = self.text(name).lower() or "info"
        if text not in ("debug", "info", "warning", "error"):
            raise SettingsError(f"{name}={text} is not a log level. Write one of debug, info, warning, error.")
        return cast(LogLevel, text)

    def currency(self, name: str) -> str:
        text = self.text(name).upper() or "EUR"
        try:
            minor_digits(text)
        except InvalidInput:
            raise SettingsError(f"{name}={text} is not a currency. Write an ISO 4217 code such as EUR.") from None
        return text

    def payments(self, name: str) -> Payments:
        text = self.text(name) or "test"
        if text not in ("test", "stripe"):
            raise SettingsError(f"{name}={text} is not a payment provider we have. Write {name}=stripe or {name}=test.")
        return cast(Payments, text)

    def key(self, name: str, prefixes: tuple[str, ...]) -> str:
        text = self.text(name)
        if text and not text.startswith(prefixes):
            # The value stays out of the message: messages end up in logs.
            raise SettingsError(f"{name} does not look right: it should start with {' or '.join(prefixes)}.")
        return text

    def seed(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise SettingsError(f"{name}={text} is not a seed. Write a number, e.g. {name}=7, or leave {name} out.")
        return int(text)


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in environ:
        if name.startswith("SHOPCAST_") and name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.5)
            advice = f"Did you mean {near[0]}?" if near else f"Known settings: {', '.join(_NAMES)}."
            raise SettingsError(f"{name} is not a setting of Shopcast. {advice}")


def _refuse_placeholders(environ: Mapping[str, str]) -> None:
    for name, text in environ.items():
        if name.startswith("SHOPCAST_") and _PLACEHOLDER in text:
            raise SettingsError(f"{name} still has the example's {_PLACEHOLDER}. Write your own value there.")


def _refuse_half_tls(settings: Settings) -> None:
    if (settings.tls_cert is None) != (settings.tls_key is None):
        missing = "SHOPCAST_TLS_KEY" if settings.tls_key is None else "SHOPCAST_TLS_CERT"
        raise SettingsError(f"A certificate and its key go together. Set {missing} too, or neither.")
    if settings.rtmps_port is not None and settings.tls_cert is None:
        raise SettingsError(
            "SHOPCAST_RTMPS_PORT needs a certificate. Set SHOPCAST_TLS_CERT and SHOPCAST_TLS_KEY, or leave it out."
        )


def _refuse_half_stripe(settings: Settings) -> None:
    if settings.payments != "stripe":
        return
    if not settings.stripe_secret_key or not settings.stripe_publishable_key:
        raise SettingsError(
            "SHOPCAST_PAYMENTS=stripe needs both SHOPCAST_STRIPE_SECRET_KEY and SHOPCAST_STRIPE_PUBLISHABLE_KEY. "
            "Copy them from Stripe's dashboard under Developers, API keys."
        )
    secret_is_test, publishable_is_test = (
        "_test_" in key for key in (settings.stripe_secret_key, settings.stripe_publishable_key)
    )
    if secret_is_test != publishable_is_test:
        raise SettingsError("One of the two Stripe keys is a test key, the other is live. Take both from one mode.")


def _refuse_half_cluster(settings: Settings) -> None:
    if not settings.is_cluster:
        return
    if settings.redis_url is None:
        raise SettingsError(
            "With SHOPCAST_DATABASE_URL several processes share the shop, and tell each other news through Redis. Set "
            "SHOPCAST_REDIS_URL too, e.g. SHOPCAST_REDIS_URL=redis://localhost:6379/0."
        )
    if settings.given_secret is None:
        raise SettingsError(
            "With SHOPCAST_DATABASE_URL all machines must sign with the same secret. Set SHOPCAST_SECRET to the same "
            "64 hexadecimal digits everywhere; make them once with: openssl rand -hex 32"
        )


def _refuse_half_s3(settings: Settings) -> None:
    if (settings.s3_access_key is None) != (settings.s3_secret_key is None):
        missing = "SHOPCAST_S3_SECRET_KEY" if settings.s3_secret_key is None else "SHOPCAST_S3_ACCESS_KEY"
        raise SettingsError(f"The two keys of the S3 store go together. Set {missing} too, or neither.")
    if settings.blobs_url is None and (settings.s3_endpoint or settings.s3_access_key):
        raise SettingsError(
            "The S3 settings do nothing without a bucket. Set SHOPCAST_BLOBS_URL too, e.g. "
            "SHOPCAST_BLOBS_URL=s3://my-bucket/shop."
        )


def _refuse_public_metrics(settings: Settings) -> None:
    is_local = settings.metrics_host in ("localhost", "::1") or settings.metrics_host.startswith("127.")
    if settings.metrics_port is not None and not is_local and len(settings.metrics_token) < 16:
        raise SettingsError(
            f"SHOPCAST_METRICS_HOST={settings.metrics_host} can be reached by others. Set SHOPCAST_METRICS_TOKEN to at "
            "least 16 characters too, or leave the host out (127.0.0.1)."
        )


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _read_or_make_secret(path: Path) -> bytes:
    try:
        return _checked_secret(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: two processes that start together agree on one, and none reads half of it.
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return _checked_secret(path)


def _checked_secret(path: Path) -> bytes:
    text = path.read_text().strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise SettingsError(
            f"{path} is damaged: it should hold 64 hexadecimal digits. Restore it from a backup, or delete it "
            "(everybody is then signed out and old links stop working)."
        )
    return bytes.fromhex(text)
