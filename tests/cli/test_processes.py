"""The supervisor as the machine sees it: processes, signals, exit codes. And ports that are taken."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Run, start_python

# Each role writes its name and process number when it begins, and its name when it is told to stop.
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from shopcast.cli.supervisor import Role, Supervisor
told = Path({told!r})

def say(line):
    with told.open("a") as file:
        file.write(line + "\\n")

def stays(name):
    def run():
        def stop(*_):
            say("stop " + name)
            sys.exit(0)
        signal.signal(signal.SIGTERM, stop)
        say("start " + name + " " + str(os.getpid()))
        while True:
            time.sleep(0.01)
    return Role(name, run)

def falls():
    say("fall")
    raise RuntimeError("a bug")

def announce():
    say("announced")
    time.sleep({announcing_s})

roles = [stays(name) for name in {names!r}] + [Role("falls", falls)] * {falling}
sys.exit(Supervisor(roles, restart_delay_s=0.02).run(announce))
"""


class Supervised:
    """A supervisor in a process of its own, and what its roles have said."""

    def __init__(self, directory: Path, *names: str, falling: int = 0, announcing_s: float = 0) -> None:
        self.told = directory / "told"
        self.told.touch()
        self.process = start_python(
            SCRIPT.format(told=str(self.told), names=names, falling=falling, announcing_s=announcing_s)
        )

    def lines(self) -> list[str]:
        return self.told.read_text().splitlines()

    def pids(self, name: str) -> list[int]:
        return [int(line.split()[2]) for line in self.lines() if line.startswith(f"start {name} ")]

    def ended(self) -> tuple[int, str]:
        out, errors = self.process.communicate(timeout=20)
        return self.process.returncode, out + errors


def until(check: Callable[[], bool], what: object = "") -> None:
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_a_killed_role_comes_back_alone(tmp_path: Path) -> None:
    shop = Supervised(tmp_path, "writer", "web")
    until(lambda: bool(shop.pids("writer") and shop.pids("web")))
    os.kill(shop.pids("web")[0], signal.SIGKILL)
    until(lambda: len(shop.pids("web")) == 2)
    assert len(shop.pids("writer")) == 1
    shop.process.terminate()
    code, printed = shop.ended()
    assert code == 0
    assert "supervisor.role.fell" in printed


def test_told_to_stop_the_roles_end_in_reverse_order(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        directory = tmp_path / number.name
        directory.mkdir()
        shop = Supervised(directory, "writer", "worker", "web")
        until(lambda shop=shop: all(shop.pids(name) for name in ("writer", "worker", "web")))  # type: ignore[misc]
        shop.process.send_signal(number)
        assert shop.ended()[0] == 0
        stops = [line for line in shop.lines() if line.startswith("stop")]
        assert stops == ["stop web", "stop worker", "stop writer"]


def test_a_slow_announcement_keeps_nobody_from_stopping_or_rising_again(tmp_path: Path) -> None:
    shop = Supervised(tmp_path, "web", announcing_s=60)
    until(lambda: "announced" in shop.lines() and bool(shop.pids("web")))
    os.kill(shop.pids("web")[0], signal.SIGKILL)
    until(lambda: len(shop.pids("web")) == 2)
    began = time.monotonic()
    shop.process.terminate()
    assert shop.ended()[0] == 0
    assert time.monotonic() - began < 5


def test_a_supervisor_killed_outright_leaves_no_role_behind(tmp_path: Path) -> None:
    shop = Supervised(tmp_path, "writer", "worker", "web", announcing_s=60)
    until(lambda: all(shop.pids(name) for name in ("writer", "worker", "web")) and "announced" in shop.lines())
    children = psutil.Process(shop.process.pid).children(recursive=True)
    assert len(children) == 4
    shop.process.kill()
    shop.ended()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert not [line for line in shop.lines() if line.startswith("stop")]


def test_a_role_that_keeps_falling_stops_everything_with_an_error(tmp_path: Path) -> None:
    shop = Supervised(tmp_path, "writer", falling=1)
    code, printed = shop.ended()
    assert code == 1
    assert "supervisor.role.gave_up" in printed
    assert "RuntimeError: a bug" in printed
    assert shop.lines().count("fall") == 6
    assert shop.lines()[-1] == "stop writer"


@pytest.mark.parametrize("name", ["SHOPCAST_HTTP_PORT", "SHOPCAST_MEDIA_HTTP_PORT", "SHOPCAST_RTMP_PORT"])
def test_a_taken_port_is_named_before_anything_starts(
    shopcast: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        free = {"SHOPCAST_HTTP_PORT": "0", "SHOPCAST_MEDIA_HTTP_PORT": "0", "SHOPCAST_RTMP_PORT": "0"}
        free = {other: str(1 + number + port % 30_000 + 30_000) for number, other in enumerate(free)}
        for variable, value in {**free, "SHOPCAST_HOST": "127.0.0.1", name: str(port)}.items():
            monkeypatch.setenv(variable, value)
        with pytest.raises(SystemExit) as left:
            shopcast("serve")
    wanted = f"Port {port} can't be used (Address already in use). Stop what uses it, or set {name} to another."
    assert left.value.code == wanted
    assert not data_dir.exists()


def test_two_doors_on_one_port_are_named(shopcast: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    monkeypatch.setenv("SHOPCAST_HOST", "127.0.0.1")
    monkeypatch.setenv("SHOPCAST_HTTP_PORT", port)
    monkeypatch.setenv("SHOPCAST_MEDIA_HTTP_PORT", port)
    with pytest.raises(SystemExit) as left:
        shopcast("serve")
    assert (
        left.value.code
        == f"SHOPCAST_HTTP_PORT and SHOPCAST_MEDIA_HTTP_PORT are both {port}. Give each a port of its own."
    )
    assert not data_dir.exists()
