"""The port of mail on files and on SMTP."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from shopcast.backends.mail.files import FileMailer
from shopcast.backends.mail.smtp import SmtpMailer
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ports import Attachment, Mail, Mailer

RECEIPT = Mail(
    to="anna@example.com",
    subject="收据 Receipt\r\nBcc: thief@example.com",
    text="Thank you. 谢谢",
    html="<p>Thank you</p>",
    attachments=(Attachment(file_name="receipt.pdf", content_type="application/pdf", content=b"%PDF"),),
)


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


@dataclass(frozen=True)
class Post:
    """A mailer and what has arrived by it."""

    mailer: Mailer
    arrived: Callable[[], list[bytes]]


@pytest.fixture(params=["files", "smtp"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Post:
    if request.param == "files":
        return Post(
            FileMailer(tmp_path, "shop@example.com"), lambda: [path.read_bytes() for path in tmp_path.iterdir()]
        )
    server: Server = request.getfixturevalue("mail_server")
    mailer = SmtpMailer(f"smtp://127.0.0.1:{server.server_address[1]}", "shop@example.com")
    return Post(mailer, lambda: list(server.received))


def test_a_mail_arrives_whole_and_only_where_it_should(post: Post) -> None:
    post.mailer.send(RECEIPT)
    [raw] = post.arrived()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert (message["To"], message["From"], message["Bcc"]) == ("anna@example.com", "shop@example.com", None)
    assert message["Subject"] == "收据 Receipt Bcc: thief@example.com"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Thank you. 谢谢"
    assert [part.get_filename() for part in message.iter_attachments()] == ["receipt.pdf"]


@pytest.mark.parametrize("address", ["", "anna", "a@b, c@d", "a@b\nBcc: c@d", "<a@b>"])
def test_mail_goes_to_one_plain_address(post: Post, address: str) -> None:
    with pytest.raises(InvalidInput):
        post.mailer.send(Mail(to=address, subject="s", text="t"))
    assert post.arrived() == []


def test_an_unreachable_mail_server_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        SmtpMailer("smtp://127.0.0.1:1", "shop@example.com").send(RECEIPT)
