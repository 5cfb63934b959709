"""compose.yaml, its example of settings and the proxy's configuration, against the commands and settings there are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shopcast.cli.main import _parser as command_line
from shopcast.kernel.config import Settings, SettingsError
from tests.support.composed import COMPOSE, OURS, ROOT, SERVICES, environment, example

USABLE = {"SHOPCAST_SECRET": "ab" * 32, "POSTGRES_PASSWORD": "hunter2"}


def test_all_roles_are_there() -> None:
    assert {service["command"][0] for service in OURS.values()} == {
        "migrate",
        "web",
        "rooms",
        "worker",
        "media",
        "test-provider",
    }


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_ours(name: str) -> None:
    given = command_line().parse_args(OURS[name]["command"])
    assert callable(given.run)


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_of_ours_and_can_be_used(name: str) -> None:
    settings = Settings.from_env(environment(OURS[name], example(**USABLE)))
    assert settings.is_cluster
    assert settings.public_rooms_url == "ws://localhost:8080"
    assert settings.public_media_url == "http://localhost:8080/media"
    assert settings.media_nodes == (("media", 8083),)


def test_the_store_of_the_profile_can_be_used() -> None:
    store = {"SHOPCAST_BLOBS_URL": "s3://shopcast/shop", "SHOPCAST_S3_ENDPOINT": "http://store:8333"}
    example_text = (ROOT / ".env.example").read_text()
    for name, value in store.items():
        assert f"#   {name}={value}" in example_text
    settings = Settings.from_env(environment(OURS["web"], example(**USABLE, **store)))
    assert settings.blobs_url == "s3://shopcast/shop"
    assert SERVICES["bucket"]["command"][-1] == "http://store:8333/shopcast"


@pytest.mark.parametrize("left", ["SHOPCAST_SECRET", "POSTGRES_PASSWORD"])
def test_the_example_as_it_is_does_not_start(left: str) -> None:
    values = example(**{**USABLE, left: "CHANGE_ME"})
    with pytest.raises(SettingsError, match=r"CHANGE_ME|64 hexadecimal digits"):
        Settings.from_env(environment(OURS["web"], values))


def test_nothing_secret_is_in_it() -> None:
    assert "CHANGE_ME" not in (ROOT / "compose.yaml").read_text()
    for name in ("SHOPCAST_SECRET", "POSTGRES_PASSWORD"):
        assert example()[name] == "CHANGE_ME"


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_complete(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z0-9./-]+:[A-Za-z0-9.-]+", service["image"]), "an image by its tag, from nobody's registry"
    assert "restart" in service
    if name not in ("migrate", "store", "bucket", "test-provider"):
        assert service["healthcheck"]["test"]
    for volume in service.get("volumes", ()):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
    for other in service.get("depends_on", ()):
        assert other in SERVICES


def test_whoever_keeps_blobs_shares_them() -> None:
    assert all("blobs:/data/blobs" in OURS[name]["volumes"] for name in ("web", "worker", "media"))
    made = re.search(r"mkdir -p (.*?) \\", (ROOT / "Dockerfile").read_text())
    assert made is not None
    mounted = {volume.split(":")[1] for service in OURS.values() for volume in service.get("volumes", ())}
    # A volume takes the owner of the folder that it covers.
    assert mounted == set(made[1].split())


def test_the_image_is_nobody_s_root() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    assert len(stages) == 4
    assert "\nUSER shopcast\n" in stages[-1]
    assert 'ENTRYPOINT ["shopcast"]' in stages[-1]
    for copied in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        for source in copied.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_the_proxy_knows_where_everybody_is(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    targets = dict(re.findall(r"set \$(\w+) http://(\w+:\d+);", text))
    settings = Settings()
    assert targets == {
        "web": f"web:{settings.http_port}",
        "rooms": f"rooms:{settings.rooms_port}",
        "media": f"media:{settings.media_http_port}",
    }
    assert (
        COMPOSE["services"]["proxy"]["networks"]["default"]["ipv4_address"]
        == (OURS["web"]["environment"]["SHOPCAST_TRUSTED_PROXIES"])
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        text.replace("/var/cache/nginx", str(tmp_path)).replace("/tmp/nginx.pid", str(tmp_path / "pid"))
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    tried = subprocess.run([nginx, "-t", "-q", "-c", str(configuration)], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
