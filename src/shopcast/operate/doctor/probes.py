"""Owns finding things out about the outside: each probe gives up by itself and says why, and changes nothing."""

import errno
import fcntl
import os
import smtplib
import socket
import sqlite3
import ssl
import time
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

# Long enough for another continent; the doctor asks a dozen of these.
ANSWER_WAIT_S = 5.0
_FIRST_BYTES_OF_RTMP = 1_537


def writer_of(run_dir: Path) -> int | None:
    """The process that holds the writer's lock, if one does."""
    try:
        descriptor = os.open(run_dir / "writer.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(descriptor, 32, 0).decode(errors="replace").strip() or 0)
    finally:
        os.close(descriptor)
    return None


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            return refused.errno != errno.EADDRINUSE
    return True


def fetched(url: str) -> tuple[int | None, bytes, timedelta | None, str]:
    """Status, body, how far the other's clock is ahead, and why there was no answer. A bad certificate is looked at
    by another probe."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_WAIT_S, context=context) as answer:
            return answer.status, answer.read(65_536), _ahead(answer.headers.get("Date")), ""
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(65_536), _ahead(refused.headers.get("Date")), ""
    except (OSError, ValueError) as failed:
        return None, b"", None, _why(failed)


def certificate_left(url: str) -> tuple[timedelta | None, str]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), ANSWER_WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as refused:
        return None, refused.verify_message
    except OSError as failed:
        return None, _why(failed)
    return timedelta(seconds=ssl.cert_time_to_seconds(str(shown["notAfter"])) - time.time()), ""


def rtmp_trouble(url: str) -> str | None:
    """None if somebody speaks RTMP there."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "rtmps" else 1935)
    try:
        with socket.create_connection((parts.hostname or "", port), ANSWER_WAIT_S) as connection:
            if parts.scheme == "rtmps":
                context = ssl.create_default_context()
                with context.wrap_socket(connection, server_hostname=parts.hostname) as secured:
                    return _shakes_hands(secured)
            return _shakes_hands(connection)
    except OSError as failed:
        return _why(failed)


def smtp_trouble(url: str) -> str | None:
    """None if the server takes us, with our name and password. Nothing is sent."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=ANSWER_WAIT_S)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=ANSWER_WAIT_S)
        with server:
            server.ehlo()
            if parts.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if parts.username:
                server.login(parts.username, parts.password or "")
    except smtplib.SMTPAuthenticationError:
        return "it refuses the name or the password"
    except (smtplib.SMTPException, OSError) as failed:
        return _why(failed)
    return None


def inodes_share(path: Path) -> float:
    """Of all, how many are free; file systems that count none have enough."""
    found = os.statvfs(path)
    return found.f_favail / found.f_files if found.f_files else 1.0


def existing(path: Path) -> Path:
    """The path or the nearest folder above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def sqlite_facts(database: Path) -> tuple[str, str | None]:
    """Damage ("ok": none) and the schema's version."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=ANSWER_WAIT_S)) as connection:
            damage = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            has_version = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_version else None
    except sqlite3.DatabaseError as damaged:
        return str(damaged), None
    return damage, None if row is None else str(row[0])


def _shakes_hands(connection: socket.socket) -> str | None:
    connection.settimeout(ANSWER_WAIT_S)
    connection.sendall(b"\x03" + bytes(_FIRST_BYTES_OF_RTMP - 1))
    first = connection.recv(1)
    return None if first == b"\x03" else "something else than RTMP answers"


def _ahead(date: str | None) -> timedelta | None:
    if date is None:
        return None
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return None
    # Its seconds are cut off: half of one on average.
    return theirs + timedelta(seconds=0.5) - datetime.fromtimestamp(time.time(), UTC)


def _why(failed: Exception) -> str:
    if isinstance(failed, TimeoutError):
        return f"no answer within {ANSWER_WAIT_S:.0f} s"
    reason = getattr(failed, "reason", failed)
    return str(getattr(reason, "strerror", None) or reason)[:200]
