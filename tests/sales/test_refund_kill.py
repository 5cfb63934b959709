"""kill -9 while refunds are on their way: whatever the provider had heard and we had not written down, each refund is
made once, and each order knows of it once."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.factories.raw import Raw, RawSqlite
from tests.sales.support import SaleShop

ORDERS = 24
# The worker dies in the middle of its refunds this often before it is left alone.
KILLS = 4


def _made_at_provider(sale: SaleShop) -> dict[str, int]:
    connection = sqlite3.connect(sale.backend.settings.data_dir / "test_provider" / "provider.sqlite3")
    try:
        return dict(connection.execute("SELECT refund_id, amount_minor FROM refund").fetchall())
    finally:
        connection.close()


def _start(data_dir: Path, database_url: str | None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.sales.refund_worker", str(data_dir), *filter(None, [database_url])]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)


def _all_it_needs(sale: SaleShop, data_dir: Path) -> Raw:
    """The shop's secret and where the provider listens; its database, or on SQLite a copy, which has one writer."""
    there = sale.backend.settings
    (data_dir / "run").mkdir(parents=True)
    shutil.copy(there.data_dir / "secret", data_dir / "secret")
    shutil.copy(there.run_dir / "test_provider.json", data_dir / "run" / "test_provider.json")
    raw = sale.backend.raw
    if not isinstance(raw, RawSqlite):
        return raw.another()
    raw.copy_to(data_dir / "shopcast.sqlite3", ())
    return RawSqlite(sqlite3.connect(data_dir / "shopcast.sqlite3"), is_own=True)


@pytest.mark.slow
def test_each_refund_is_made_once_though_the_worker_is_killed(sale: SaleShop, tmp_path: Path) -> None:
    sale.backend.raw.execute("UPDATE catalog_stock SET on_hand = 100")
    before = set(_made_at_provider(sale))
    for _ in range(ORDERS):
        buyer = sale.guest()
        order_id = sale.paid(buyer)["order_id"]
        cancelled = buyer.post(f"/v1/orders/{order_id}/cancel", headers={"Idempotency-Key": f"cancel-{order_id}"})
        assert cancelled.status_code == 200, cancelled.text
        sale.shop.client.app.state["shopcast"].limits._full_at.clear()
    sale.backend.drain()
    asked = dict(sale.backend.rows("SELECT id, amount_minor FROM sales_refund WHERE state = 'requested'"))
    assert (len(asked), set(_made_at_provider(sale)) - before) == (ORDERS, set())
    rows = _all_it_needs(sale, tmp_path / "var")
    url = sale.backend.settings.database_url

    for kill in range(KILLS):
        worker = _start(tmp_path / "var", url)
        wanted = len(before) + (kill + 1) * ORDERS // (KILLS + 2)
        ends_at = time.monotonic() + 30
        while len(_made_at_provider(sale)) < wanted and worker.poll() is None and time.monotonic() < ends_at:
            time.sleep(0.001)
        worker.send_signal(signal.SIGKILL)
        worker.communicate(timeout=10)
        assert worker.returncode == -signal.SIGKILL
    last = _start(tmp_path / "var", url)
    told, _ = last.communicate(timeout=60)
    assert (last.returncode, told.split()[-1]) == (0, "done")

    made = {refund_id: minor for refund_id, minor in _made_at_provider(sale).items() if refund_id not in before}
    assert made == asked
    try:
        states = rows.execute("SELECT state, count(*) FROM sales_refund GROUP BY state").fetchall()
        assert states == [("succeeded", ORDERS)]
        told_once = rows.execute(
            "SELECT count(*), count(DISTINCT json_extract(body, '$.refund_id')) FROM kernel_events"
            " WHERE event_type = 'sales.order_refunded'"
        ).fetchone()
        assert told_once == (ORDERS, ORDERS)
        orders = "SELECT count(*) FROM sales_order WHERE presentment_refunded_minor = presentment_total_minor"
        assert rows.execute(orders).fetchone() == (ORDERS,)
        calls = rows.execute("SELECT state, count(*) FROM sales_provider_call WHERE kind = 'refund' GROUP BY state")
        assert calls.fetchall() == [("answered", ORDERS)]
    finally:
        rows.close()
