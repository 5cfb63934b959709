"""The roles of a cluster at a terminal: what they refuse, and what they say to do instead."""

import socket
import sys

import pytest

from tests.cli.conftest import Run, start_python

SECRET = "ab" * 32
CLUSTER = {
    "SHOPCAST_DATABASE_URL": "postgresql://shopcast@127.0.0.1:1/shop",
    "SHOPCAST_REDIS_URL": "redis://127.0.0.1:1/0",
    "SHOPCAST_SECRET": SECRET,
}
ROLES = ("web", "rooms", "media", "worker", "test-provider", "cluster")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, data_dir: object) -> pytest.MonkeyPatch:
    for name, value in CLUSTER.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("role", ROLES)
def test_a_role_needs_a_cluster(shopcast: Run, role: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shopcast(role) == 1
    said = capsys.readouterr().err
    assert f"`shopcast {role}` is one role of a cluster" in said or role == "cluster"
    assert "SHOPCAST_DATABASE_URL" in said
    assert "`shopcast serve`" in said


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("SHOPCAST_REDIS_URL", "SHOPCAST_REDIS_URL=redis://localhost:6379/0"),
        ("SHOPCAST_SECRET", "openssl rand -hex 32"),
    ],
)
def test_half_a_cluster_is_refused(
    shopcast: Run, settings: pytest.MonkeyPatch, missing: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.delenv(missing)
    assert shopcast("web") == 1
    assert advice in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("SHOPCAST_SECRET", "short", "openssl rand -hex 32"),
        ("SHOPCAST_DATABASE_URL", "mysql://a/b", "postgresql://shopcast:password@db.example/shopcast"),
        ("SHOPCAST_REDIS_URL", "http://a", "redis://redis.example:6379/0"),
        ("SHOPCAST_ROOMS_PORT", "70000", "SHOPCAST_ROOMS_PORT=8080"),
        ("SHOPCAST_SLOT", "a slot", "letters, digits, dots and hyphens"),
        ("SHOPCAST_DRAIN_S", "3600", "from 0 to 60"),
        ("SHOPCAST_PUBLIC_ROOMS_URL", "https://a", "wss://shop.example"),
        ("SHOPCAST_BLOBS_URL", "/a/path", "s3://"),
        ("SHOPCAST_S3_ACCESS_KEY", "key", "Set SHOPCAST_S3_SECRET_KEY too"),
        ("SHOPCAST_S3_ENDPOINT", "http://store:9000", "Set SHOPCAST_BLOBS_URL too"),
        ("SHOPCAST_SMTP_URL", "smtp://u:CHANGE_ME@mail", "Write your own value"),
    ],
)
def test_a_setting_that_can_not_be_used_is_named_with_one_that_can(
    shopcast: Run,
    settings: pytest.MonkeyPatch,
    name: str,
    value: str,
    advice: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.setenv(name, value)
    assert shopcast("rooms") == 1
    said = capsys.readouterr().err
    assert name in said or name.startswith("SHOPCAST_S3_")
    assert advice in said


def test_passwords_stay_out_of_what_is_said(
    shopcast: Run, settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("SHOPCAST_DATABASE_URL", "mysql://shopcast:hunter2@db/shop")
    assert shopcast("web") == 1
    assert "hunter2" not in capsys.readouterr().err


def test_serve_is_not_for_a_cluster(
    shopcast: Run, settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shopcast("serve") == 1
    assert "shopcast cluster" in capsys.readouterr().err


def test_nobody_needs_a_test_provider_beside_stripe(
    shopcast: Run, settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("SHOPCAST_PAYMENTS", "stripe")
    settings.setenv("SHOPCAST_STRIPE_SECRET_KEY", "sk_test_1")
    settings.setenv("SHOPCAST_STRIPE_PUBLISHABLE_KEY", "pk_test_1")
    assert shopcast("test-provider") == 1
    assert "SHOPCAST_PAYMENTS=test" in capsys.readouterr().err


@pytest.mark.parametrize(("role", "name"), [("web", "SHOPCAST_HTTP_PORT"), ("rooms", "SHOPCAST_ROOMS_PORT")])
def test_a_port_of_somebody_else_is_named(settings: pytest.MonkeyPatch, role: str, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings.setenv(name, str(port))
        started = start_python(f"import sys; from shopcast.cli.main import main; sys.exit(main(['{role}']))")
        _, said = started.communicate(timeout=60)
    assert started.returncode == 1
    wanted = f"Port {port} can't be used (Address already in use). Stop what uses it, or set {name} to another."
    assert wanted in said


@pytest.mark.parametrize("number", ["-1", "65"])
def test_a_slip_of_the_finger_starts_no_hundred_processes(
    shopcast: Run, settings: pytest.MonkeyPatch, number: str
) -> None:
    with pytest.raises(SystemExit, match="Choose from 0 to 64"):
        shopcast("cluster", f"--web={number}")


def test_ports_that_collide_are_named(shopcast: Run, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("SHOPCAST_ROOMS_PORT", "18080")
    settings.setenv("SHOPCAST_HTTP_PORT", "18080")
    with pytest.raises(SystemExit, match="SHOPCAST_HTTP_PORT and SHOPCAST_ROOMS_PORT are both 18080"):
        shopcast("cluster")


def test_an_embedded_shop_loads_no_driver_of_a_cluster() -> None:
    """Their memory is for those who use them."""
    script = (
        "import sys; import shopcast.cli.main; "
        "print([one for one in ('psycopg', 'redis', 'obstore', 'opentelemetry') if one in sys.modules])"
    )
    started = start_python(script)
    printed, _ = started.communicate(timeout=60)
    assert printed.strip() == "[]", sys.path
