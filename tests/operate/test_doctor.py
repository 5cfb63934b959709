"""Each thing the doctor looks at is provoked once, and said in both languages with what to do next."""

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from shopcast.backends.sqlite.lock import WriterLock
from shopcast.cli.main import main
from shopcast.kernel.config import Settings
from shopcast.kernel.vitals import Check, Report
from shopcast.operate.doctor import Finding, configuration, machine, probes, services, work
from shopcast.operate.sampler import Numbers

GIB = 1024**3
PUBLIC = Settings(given_public_url="https://shop.example.com", trusted_proxies=("127.0.0.1",))
QUIET = Numbers(
    waiting={},
    unpositioned=0,
    lag_s=0,
    parked_keys=0,
    dead_letters=0,
    jobs_due=0,
    jobs_oldest_due_s=0,
    jobs_running=0,
    jobs_dead=0,
)
GOOD_POSTGRES = {
    "server_encoding": "UTF8",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
}
SICK = Report(
    process="writer",
    ready=False,
    draining=False,
    checks=[Check(name="started", state="failed", detail="its event loop has stood still for 9 s")],
)


def with_(settings: Settings, **more: object) -> Settings:
    return msgspec.structs.replace(settings, **more)


def numbers(**more: float) -> Numbers:
    return msgspec.structs.replace(QUIET, **more)


# What is looked at, the state it must be found in, and a word that must stand in the advice.
CASES: list[tuple[Callable[[], Finding], str, str]] = [
    (lambda: machine.port("SHOPCAST_HTTP_PORT", 8080, free=True, shop_runs=False), "ok", "free"),
    (lambda: machine.port("SHOPCAST_HTTP_PORT", 8080, free=False, shop_runs=True), "ok", "ours"),
    (lambda: machine.port("SHOPCAST_HTTP_PORT", 8080, free=False, shop_runs=False), "fail", "SHOPCAST_HTTP_PORT"),
    (lambda: machine.port("SHOPCAST_RTMP_PORT", 1935, free=True, shop_runs=True), "fail", "nobody listens"),
    (lambda: machine.doubled_ports({"A": 1, "B": 1})[0], "fail", "both 1"),
    (lambda: machine.disk(50 * GIB, 0.5), "ok", "50.0 GiB"),
    (lambda: machine.disk(5 * GIB, 0.5), "warn", "1.4 GB"),
    (lambda: machine.disk(1 * GIB, 0.5), "fail", "SHOPCAST_DATA_DIR"),
    (lambda: machine.disk(50 * GIB, 0.01), "warn", "inodes"),
    (lambda: machine.file_limit(1_024, 65_536), "ok", "65536"),
    (lambda: machine.file_limit(1_024, 4_096), "warn", "LimitNOFILE"),
    (lambda: machine.clock(timedelta(seconds=0.5), "x", "x"), "ok", "agrees"),
    (lambda: machine.clock(timedelta(seconds=-5), "x", "x"), "warn", "timedatectl"),
    (lambda: machine.clock(timedelta(minutes=-3), "x", "x"), "fail", "timedatectl"),
    (lambda: machine.wal(1_000), "ok", "0 MB"),
    (lambda: machine.wal(10**9), "warn", "sqlite3 shell"),
    (lambda: machine.exports(True), "ok", "MP4"),
    (lambda: machine.exports(False), "warn", "shopcast[av]"),
    (lambda: configuration.demo(Settings(demo=True)), "ok", "No demo"),
    (lambda: configuration.demo(with_(PUBLIC, demo=True)), "fail", "SHOPCAST_DEMO"),
    (lambda: configuration.payments(Settings()), "ok", "no money"),
    (lambda: configuration.payments(PUBLIC), "fail", "SHOPCAST_PAYMENTS=stripe"),
    (lambda: configuration.payments(with_(PUBLIC, payments="stripe")), "warn", "SHOPCAST_STRIPE_WEBHOOK_SECRET"),
    (
        lambda: configuration.payments(
            with_(PUBLIC, payments="stripe", stripe_webhook_secret="whsec_x", stripe_secret_key="sk_test_x")
        ),
        "warn",
        "live keys",
    ),
    (
        lambda: configuration.payments(
            with_(PUBLIC, payments="stripe", stripe_webhook_secret="whsec_x", stripe_secret_key="sk_live_x")
        ),
        "ok",
        "Stripe",
    ),
    (lambda: configuration.proxies(PUBLIC), "ok", "known"),
    (lambda: configuration.proxies(with_(PUBLIC, trusted_proxies=())), "fail", "SHOPCAST_TRUSTED_PROXIES"),
    (lambda: configuration.https(PUBLIC), "ok", "https"),
    (lambda: configuration.https(Settings(given_public_url="http://192.168.1.20:8080")), "ok", "192"),
    (lambda: configuration.https(Settings(given_public_url="http://shop.example.com")), "fail", "certificate"),
    (lambda: configuration.mail(Settings()), "ok", "way out"),
    (lambda: configuration.mail(PUBLIC), "fail", "SHOPCAST_SMTP_URL"),
    (lambda: configuration.mail(with_(PUBLIC, smtp_url="smtp://mail.example.com")), "warn", "SHOPCAST_MAIL_FROM"),
    (lambda: services.unreachable("redis", "SHOPCAST_REDIS_URL", "refused"), "fail", "SHOPCAST_REDIS_URL"),
    (lambda: services.schema("0004", "0004"), "ok", "0004"),
    (lambda: services.schema(None, "0004"), "warn", "empty"),
    (lambda: services.schema("0002", "0004"), "fail", "shopcast migrate"),
    (lambda: services.schema("0009", "0004"), "fail", "newer"),
    (lambda: services.sqlite("ok", 4711), "ok", "4711"),
    (lambda: services.sqlite("row 3 missing from index", None), "fail", "restore"),
    (lambda: services.postgres(15, GOOD_POSTGRES, in_recovery=False), "ok", "15"),
    (lambda: services.postgres(12, GOOD_POSTGRES, in_recovery=False), "fail", "too old"),
    (lambda: services.postgres(15, GOOD_POSTGRES, in_recovery=True), "fail", "primary"),
    (
        lambda: services.postgres(15, {**GOOD_POSTGRES, "server_encoding": "SQL_ASCII"}, in_recovery=False),
        "fail",
        "UTF8",
    ),
    (lambda: services.postgres(15, {**GOOD_POSTGRES, "fsync": "off"}, in_recovery=False), "fail", "power cut"),
    (lambda: services.postgres(15, {**GOOD_POSTGRES, "max_connections": "20"}, in_recovery=False), "warn", "200"),
    (lambda: services.collation("C"), "ok", "C"),
    (lambda: services.collation("de_DE.utf8"), "warn", "LC_COLLATE"),
    (lambda: services.redis("7.0", "noeviction", has_memory_limit=True), "ok", "7.0"),
    (lambda: services.redis("7.0", "allkeys-lru", has_memory_limit=False), "ok", "7.0"),
    (lambda: services.redis("7.0", "allkeys-lru", has_memory_limit=True), "warn", "noeviction"),
    (lambda: services.bucket(None, ""), "ok", "deletes"),
    (lambda: services.bucket("delete", "denied"), "fail", "DeleteObject"),
    (lambda: services.public_address("https://x", 200, "", is_ours=True), "ok", "here"),
    (lambda: services.public_address("https://x", None, "no such name", is_ours=False), "fail", "DNS"),
    (lambda: services.public_address("https://x", 502, "", is_ours=False), "fail", "proxy"),
    (lambda: services.certificate(timedelta(days=60), ""), "ok", "60"),
    (lambda: services.certificate(timedelta(days=3), ""), "warn", "Renew"),
    (lambda: services.certificate(None, "certificate has expired"), "fail", "certbot"),
    (lambda: work.process(msgspec.structs.replace(SICK, ready=True)), "ok", "ready"),
    (lambda: work.process(msgspec.structs.replace(SICK, draining=True)), "warn", "stop"),
    (lambda: work.process(SICK), "fail", "stood still"),
    (lambda: work.deliveries(QUIET), "ok", "at once"),
    (lambda: work.deliveries(numbers(lag_s=45)), "warn", "45 s"),
    (lambda: work.deliveries(numbers(lag_s=1_200)), "fail", "20 minutes"),
    (lambda: work.dead_letters(QUIET), "ok", "No event"),
    (lambda: work.dead_letters(numbers(parked_keys=2)), "warn", "2 things"),
    (lambda: work.dead_letters(numbers(dead_letters=3)), "fail", "Operations"),
    (lambda: work.jobs(QUIET), "ok", "due"),
    (lambda: work.jobs(numbers(jobs_due=4, jobs_oldest_due_s=900)), "warn", "15 minutes"),
    (lambda: work.jobs(numbers(jobs_dead=1)), "fail", "retry"),
    (lambda: work.backup(timedelta(hours=5)), "ok", "5 hours"),
    (lambda: work.backup(None), "warn", "shopcast backup"),
    (lambda: work.backup(timedelta(days=9)), "warn", "9 days"),
]


@pytest.mark.parametrize(("look", "state", "word"), CASES)
def test_every_trouble_is_found_and_named(look: Callable[[], Finding], state: str, word: str) -> None:
    finding = look()
    assert (finding.state, word in finding.en) == (state, True), finding.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in finding.zh), finding.zh
    if state != "ok":
        # What to do next names a setting, a command or a thing to change.
        assert len(finding.en.split()) > 6


def test_a_taken_port_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not probes.is_free("127.0.0.1", server.getsockname()[1])
    assert probes.is_free("127.0.0.1", server_port())


def test_the_writer_is_named(tmp_path: Path) -> None:
    assert probes.writer_of(tmp_path) is None
    lock = WriterLock(tmp_path)
    lock.acquire()
    holder = int((tmp_path / "writer.lock").read_text())
    assert probes.writer_of(tmp_path) == holder
    lock.release()
    assert probes.writer_of(tmp_path) is None


def test_a_page_that_answers_and_one_that_does_not() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status":"alive"}')

        def log_message(self, format: str, *arguments: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        status, body, ahead, why = probes.fetched(f"http://127.0.0.1:{server.server_port}/health/live")
        thread.join(5)
    assert (status, body, why) == (200, b'{"status":"alive"}', "")
    assert ahead is not None
    assert abs(ahead) < timedelta(seconds=2)
    status, _, _, why = probes.fetched(f"http://127.0.0.1:{server_port()}/")
    assert status is None
    assert "refused" in why.lower()


@contextmanager
def answering(answer: bytes, first: bytes = b"") -> Iterator[int]:
    """A server that says `first`, hears something, and answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(first)
                connection.recv(4_096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def test_rtmp_is_spoken_or_not() -> None:
    with answering(b"\x03" + bytes(1_536)) as port:
        assert probes.rtmp_trouble(f"rtmp://127.0.0.1:{port}/live") is None
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert probes.rtmp_trouble(f"rtmp://127.0.0.1:{port}/live") == "something else than RTMP answers"
    assert "refused" in str(probes.rtmp_trouble(f"rtmp://127.0.0.1:{server_port()}/live")).lower()


def test_a_mail_server_that_is_away_is_said() -> None:
    assert "refused" in str(probes.smtp_trouble(f"smtp://127.0.0.1:{server_port()}")).lower()
    with answering(b"554 go away\r\n", first=b"554 no service here\r\n") as port:
        assert probes.smtp_trouble(f"smtp://127.0.0.1:{port}") is not None


def test_a_damaged_database_is_told_from_a_whole_one(tmp_path: Path) -> None:
    database = tmp_path / "shopcast.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0002')")
        connection.commit()
    assert probes.sqlite_facts(database) == ("ok", "0002")
    database.write_bytes(b"not a database at all" * 400)
    damage, version = probes.sqlite_facts(database)
    assert damage != "ok"
    assert version is None


def test_a_certificate_nobody_trusts_is_refused() -> None:
    left, why = probes.certificate_left(f"https://127.0.0.1:{server_port()}")
    assert left is None
    assert "refused" in why.lower()


def test_the_command_says_all_of_it_in_the_language_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA_DIR", str(tmp_path / "data"))
    for name, port in zip(("HTTP", "MEDIA_HTTP", "RTMP"), (server_port(), server_port(), server_port()), strict=True):
        monkeypatch.setenv(f"SHOPCAST_{name}_PORT", str(port))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["doctor"]) == 1
    assert "数据库为空" in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "C")
    assert main(["doctor", "--json"]) == 1
    found = {one["name"]: one["state"] for one in json.loads(capsys.readouterr().out)}
    assert found["schema"] == "warn"
    assert found["backup"] == "warn"
    assert found["payments"] == "ok"
    # It only looked.
    assert not (tmp_path / "data").exists()


def server_port() -> int:
    """One where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
