"""`shopcast catalog import`, `operator create`, `migrate` and settings: what they do, print and answer."""

import sqlite3
import time
from pathlib import Path

import pytest

from shopcast.kernel.config import Settings
from tests.cli.conftest import Run, sellers, start_python

CATALOGS = Path(__file__).parent.parent / "data" / "catalogs"
GOOD = "Handle,Title,Variant Price\nhat,Hat,12.50\ncap,Cap,9.00\n"
BAD = "Handle,Title,Variant Price\nhat,Hat,12.50\ncap,Cap,cheap\n"


def products(data_dir: Path) -> int:
    with sqlite3.connect(Settings(data_dir=data_dir).database_path) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM catalog_product").fetchall()
    connection.close()
    return int(count)


def test_an_import_says_what_it_did_and_twice_changes_nothing(
    shopcast: Run, with_mia: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    assert shopcast("catalog", "import", str(tmp_path / "good.csv")) == 0
    assert capsys.readouterr().out == "2 rows: 2 products created, 0 updated, 0 unchanged; 0 problems.\n"
    assert shopcast("catalog", "import", str(tmp_path / "good.csv")) == 0
    assert capsys.readouterr().out == "2 rows: 0 products created, 0 updated, 2 unchanged; 0 problems.\n"
    assert products(with_mia) == 2


def test_rows_that_can_not_be_used_are_listed(
    shopcast: Run, with_mia: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.csv").write_text(BAD)
    assert shopcast("catalog", "import", str(tmp_path / "bad.csv"), "--organisation", "mia") == 1
    first, problem = capsys.readouterr().out.splitlines()
    assert first.endswith("1 problems.")
    assert problem.startswith("  line 3, Variant Price: ")
    assert len(problem) > len("  line 3, Variant Price: ") + 10


def test_what_can_not_be_done_at_all_says_what_to_do(
    shopcast: Run, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    good = str(tmp_path / "good.csv")
    assert shopcast("catalog", "import", good) == 2
    assert capsys.readouterr().err == "There is no seller yet. Register one on the page /register first.\n"
    sellers(data_dir, "mia", "tom")
    assert shopcast("catalog", "import", good) == 2
    assert capsys.readouterr().err == "Say for whom: --organisation with one of mia, tom\n"
    assert shopcast("catalog", "import", str(tmp_path / "none.csv"), "--organisation", "mia") == 2
    assert "none.csv can't be read: No such file or directory. Check the path." in capsys.readouterr().err
    assert shopcast("catalog", "import", good, "--organisation", "nobody") == 2
    assert capsys.readouterr().err
    (tmp_path / "empty.csv").write_text("")
    assert shopcast("catalog", "import", str(tmp_path / "empty.csv"), "--organisation", "mia") != 0
    assert products(data_dir) == 0


def test_with_a_server_running_the_command_goes_through_its_writer(
    shopcast: Run, with_mia: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], writer_script: str
) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    writer = start_python(writer_script)
    try:
        socket = Settings(data_dir=with_mia).run_dir / "writer.sock"
        until = time.monotonic() + 20
        while not socket.exists() and time.monotonic() < until:
            time.sleep(0.02)
        assert shopcast("catalog", "import", str(tmp_path / "good.csv")) == 0
        assert "2 products created" in capsys.readouterr().out
        assert writer.poll() is None
    finally:
        writer.terminate()
        writer.communicate(timeout=10)
    assert products(with_mia) == 2


def test_an_operator_is_made_by_somebody_at_the_machine(
    shopcast: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "correct horse battery")
    assert shopcast("operator", "create", "root@example.com") == 0
    assert capsys.readouterr().out.startswith("root@example.com is an operator now")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "short")
    assert shopcast("operator", "create", "other@example.com") == 1
    refused = capsys.readouterr().err
    assert "password" in refused.lower()
    assert "Traceback" not in refused
    with sqlite3.connect(Settings(data_dir=data_dir).database_path) as connection:
        stored = str(connection.execute("SELECT * FROM accounts_person").fetchall())
    connection.close()
    assert "$argon2id$" in stored
    assert "correct horse" not in stored


def test_migrating_again_is_nothing(shopcast: Run, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert shopcast("migrate") == 0
        assert capsys.readouterr().out == "The database is up to date.\n"


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("SHOPCAST_HTP_PORT", "8080", "SHOPCAST_HTTP_PORT"),
        ("SHOPCAST_DATADIR", "/tmp/x", "SHOPCAST_DATA_DIR"),
        ("SHOPCAST_HTTP_PORT", "eighty", "SHOPCAST_HTTP_PORT"),
        ("SHOPCAST_HTTP_PORT", "70000", "SHOPCAST_HTTP_PORT"),
        ("SHOPCAST_PUBLIC_URL", "shop.example", "SHOPCAST_PUBLIC_URL"),
        ("SHOPCAST_DEMO", "perhaps", "SHOPCAST_DEMO"),
    ],
)
def test_wrong_settings_give_advice(
    shopcast: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    advice: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert shopcast("migrate") == 1
    printed = capsys.readouterr().err
    assert advice in printed
    assert name in printed
    assert "Traceback" not in printed


def test_the_api_describes_itself(shopcast: Run, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shopcast("migrate")
    capsys.readouterr()
    assert shopcast("openapi") == 0
    printed = capsys.readouterr().out
    assert '"openapi": "3.1.0"' in printed
    assert str(data_dir) not in printed
