"""The command as people at a terminal have it: a data directory of its own, arguments, environment, what it prints."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from shopcast.accounts import DemoAccount as Account
from shopcast.accounts import Passwords, ensure_demo_account
from shopcast.cli.backend import backend_for_command
from shopcast.cli.main import main
from shopcast.kernel.config import Settings

Run = Callable[..., int]


@pytest.fixture(scope="session")
def stored_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a shop with one seller, mia. Migrating takes a second."""
    directory = tmp_path_factory.mktemp("stored") / "data"
    before = structlog.get_config()
    sellers(directory, "mia")
    structlog.configure(**before)
    return directory


@pytest.fixture
def with_mia(stored_data: Path, data_dir: Path) -> Path:
    shutil.copytree(stored_data, data_dir, ignore=shutil.ignore_patterns("*.sock"))
    return data_dir


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("SHOPCAST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOPCAST_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def shopcast(data_dir: Path) -> Run:
    def run(*arguments: str) -> int:
        return main(list(arguments))

    return run


@pytest.fixture
def writer_script(tmp_path: Path) -> str:
    return (
        "from shopcast.backends.sqlite.writer import run_writer; from shopcast.kernel.clock import SystemClock;"
        "from shopcast.kernel.config import Settings; from shopcast.wiring import build_registry; import os;"
        "run_writer(Settings.from_env(os.environ), build_registry(), SystemClock())"
    )


def start_python(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )


def sellers(data_dir: Path, *names: str) -> None:
    """Sellers by the short name of their organisation."""
    settings = Settings(data_dir=data_dir)
    with backend_for_command(settings) as backend:
        for name in names:
            account = Account(
                email=f"{name}@example.com",
                password="correct horse battery",
                display_name=name,
                account="seller",
                organisation_name=name,
            )
            ensure_demo_account(backend.actions, backend.reads, Passwords(memory_kib=64, passes=1), account)
