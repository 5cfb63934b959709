"""Blobs, mail, limits, broadcast, wakes."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.mail.files import FileMailer
from shopcast.backends.mail.smtp import SmtpMailer
from shopcast.kernel.clock import FixedClock
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ports import Attachment, Mail

RECEIPT = Mail(
    to="anna@example.com",
    subject="收据 Receipt\r\nBcc: thief@example.com",
    text="Thank you. 谢谢",
    html="<p>Thank you</p>",
    attachments=(Attachment(file_name="receipt.pdf", content_type="application/pdf", content=b"%PDF"),),
)


def test_blobs_are_put_read_replaced_and_deleted(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.put("images/img_1/large.webp", b"one", "image/webp")
    blobs.put("images/img_1/large.webp", b"two", "image/webp")
    with blobs.open("images/img_1/large.webp") as file:
        assert file.read() == b"two"
    assert blobs.content_type("images/img_1/large.webp") == "image/webp"
    assert blobs.exists("images/img_1/large.webp")
    assert not blobs.exists("images/img_1")
    blobs.delete("images/img_1/large.webp")
    blobs.delete("images/img_1/large.webp")
    assert not blobs.exists("images/img_1/large.webp")
    with pytest.raises(FileNotFoundError):
        blobs.open("images/img_1/large.webp")
    with pytest.raises(FileNotFoundError):
        blobs.content_type("images/img_1/large.webp")
    assert [path.name for path in (tmp_path / "images" / "img_1").iterdir()] == []


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../secret", "a/../b", "a//b", "a/.type.b", "A", "a\0b", "a b", "a/" * 9 + "b", "x" * 201],
)
def test_keys_stay_inside(tmp_path: Path, key: str) -> None:
    blobs = DiskBlobs(tmp_path)
    for use in (lambda: blobs.put(key, b"", "text/plain"), lambda: blobs.exists(key), lambda: blobs.delete(key)):
        with pytest.raises(ValueError, match="not a blob key"):
            use()


def test_a_blob_that_can_not_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.put("a", b"old", "text/plain")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        blobs.put("a", b"new", "text/plain")
    monkeypatch.undo()
    with blobs.open("a") as file:
        assert file.read() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".type.a", "a"]


def test_mail_becomes_a_file(tmp_path: Path) -> None:
    FileMailer(tmp_path / "mail", "shop@example.com").send(RECEIPT)
    [path] = (tmp_path / "mail").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (message["To"], message["From"], message["Bcc"]) == ("anna@example.com", "shop@example.com", None)
    assert message["Subject"] == "收据 Receipt Bcc: thief@example.com"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Thank you. 谢谢"
    assert [part.get_filename() for part in message.iter_attachments()] == ["receipt.pdf"]


@pytest.mark.parametrize("address", ["", "anna", "a@b, c@d", "a@b\nBcc: c@d", "<a@b>"])
def test_mail_goes_to_one_plain_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(InvalidInput):
        FileMailer(tmp_path, "shop@example.com").send(Mail(to=address, subject="s", text="t"))
    assert list(tmp_path.iterdir()) == []


class Server(socketserver.ThreadingTCPServer):
    """As much of a mail server as is needed to take one message."""

    daemon_threads = True
    received: list[bytes]


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Server)
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline(1_000):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def mail_server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Session) as server:
        server.received = []
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_mail_is_sent_by_smtp(mail_server: Server) -> None:
    SmtpMailer(f"smtp://127.0.0.1:{mail_server.server_address[1]}", "shop@example.com").send(RECEIPT)
    [received] = mail_server.received
    assert b"To: anna@example.com" in received


def test_an_unreachable_mail_server_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        SmtpMailer("smtp://127.0.0.1:1", "shop@example.com").send(RECEIPT)


def test_a_limit_lets_a_burst_through_and_then_its_rate() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    limits = InProcessLimits(clock)
    assert [limits.allow("a", 3, 60) for _ in range(3)] == [None] * 3
    assert limits.allow("a", 3, 60) == pytest.approx(20)
    assert limits.allow("b", 3, 60) is None
    clock.advance(timedelta(seconds=20))
    assert limits.allow("a", 3, 60) is None
    assert limits.allow("a", 3, 60) == pytest.approx(20)


@pytest.mark.parametrize(("limit", "per_s"), [(20, 8), (30, 10), (7, 3), (1, 60), (500, 1)])
def test_a_burst_is_exactly_as_long_as_the_limit(limit: int, per_s: float) -> None:
    limits = InProcessLimits(FixedClock(datetime(2026, 3, 6, 19, 0, tzinfo=UTC)))
    assert [limits.allow("a", limit, per_s) for _ in range(limit)] == [None] * limit
    assert limits.allow("a", limit, per_s) is not None


def test_limits_keep_a_bounded_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopcast.backends.inprocess.limits.BUCKETS_LIMIT", 10)
    limits = InProcessLimits(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)))
    for number in range(100):
        assert limits.allow(str(number), 1, 60) is None
    assert limits.allow("99", 1, 60) is not None
    assert limits.allow("0", 1, 60) is None


def break_down(message: bytes) -> None:
    raise RuntimeError("a broken listener")


def test_broadcast_reaches_those_who_listen_while_they_do() -> None:
    broadcast = InProcessBroadcast()
    heard: list[bytes] = []
    broadcast.subscribe("room", break_down)
    stop = broadcast.subscribe("room", heard.append)
    with capture_logs() as logs:
        broadcast.publish("room", b"one")
    broadcast.publish("other", b"two")
    stop()
    stop()
    with capture_logs():
        broadcast.publish("room", b"three")
    assert heard == [b"one"]
    assert [line["event"] for line in logs] == ["kernel.broadcast.listener.failed"]


def test_wakes_go_by_prefix() -> None:
    wakes = InProcessWakes()
    heard: list[str] = []
    stop = wakes.subscribe("room:", heard.append)
    wakes.dispatch(["room:rom_1", "media", "jobs"])
    wakes.dispatch_all()
    stop()
    wakes.dispatch(["room:rom_2"])
    assert heard == ["room:rom_1", "room:"]
