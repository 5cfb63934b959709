"""`shopcast catalog import FILE`, beside a running shop and through its writer."""

import subprocess
import sys
from pathlib import Path

from tests.support.people import Person
from tests.support.serve import Serve
from tests.support.stage import CATALOGUES


def test_importing_at_the_terminal_lists_what_cannot_be_used(serve: Serve) -> None:
    seller = Person(serve).register("seller", "Terminal", organisation_name="Terminal and Sons")
    slug = next(one["slug"] for one in seller.get("/v1/me")["organisations"])
    first = _import(serve, CATALOGUES / "apparel.csv", slug)
    assert (first.returncode, first.stderr) == (0, "")
    assert "products created, 0 updated, 0 unchanged; 0 problems." in first.stdout
    before = seller.products()
    again = _import(serve, CATALOGUES / "apparel.csv", slug)
    assert again.returncode == 0
    assert f"0 products created, 0 updated, {len(before)} unchanged; 0 problems." in again.stdout
    assert seller.products() == before
    broken = _import(serve, CATALOGUES / "broken.csv", slug)
    assert broken.returncode == 1
    assert "  line 5, Variant Price: This is not a price." in broken.stdout


def test_a_file_that_is_not_there_and_a_seller_nobody_knows(serve: Serve, tmp_path: Path) -> None:
    seller = Person(serve).register("seller", "Lost", organisation_name="Lost")
    slug = next(one["slug"] for one in seller.get("/v1/me")["organisations"])
    missing = _import(serve, tmp_path / "none.csv", slug)
    assert missing.returncode == 2
    assert "can't be read" in missing.stderr
    unknown = _import(serve, CATALOGUES / "apparel.csv", "nobody-at-all")
    assert unknown.returncode != 0
    assert unknown.stderr.strip()
    assert "Traceback" not in unknown.stderr


def _import(serve: Serve, file: Path, slug: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shopcast.cli", "catalog", "import", str(file), "--organisation", slug],
        env=serve.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
