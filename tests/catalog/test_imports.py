"""Importing product files through the doors and the command line's function."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopcast.catalog import ImportReport, import_file
from shopcast.catalog.importing.apply_part import ApplyPart, CloseStalledImports
from shopcast.catalog.importing.import_products import run_import
from shopcast.catalog.importing.model import parts_of
from shopcast.catalog.importing.parse import FILE_LIMIT_BYTES, parse
from tests.factories import person, refused
from tests.factories.stock_verbs import Claim, Hold
from tests.factories.tenancy import Shop, Visitor

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Price\n"
COUNTS = (
    "products_created",
    "products_updated",
    "products_unchanged",
    "variants_created",
    "variants_updated",
    "variants_unchanged",
    "problems_count",
)


def upload(seller: Visitor, content: bytes, name: str = "products.csv") -> httpx.Response:
    path = f"/v1/organisations/{seller.organisation_id}/imports"
    return seller.post(path, files={"file": (name, content, "text/csv")})


def imported(shop: Shop, seller: Visitor, content: bytes) -> dict[str, Any]:
    answer = upload(seller, content)
    assert answer.status_code == 202, answer.text
    shop.run_jobs()
    run: dict[str, Any] = seller.get(f"/v1/imports/{answer.json()['id']}").json()
    assert run["state"] == "done"
    return run


def counts(run: dict[str, Any]) -> list[int]:
    return [run[name] for name in COUNTS]


def goods(shop: Shop) -> list[tuple[Any, ...]]:
    """Everything an import may touch, as stored."""
    return [
        *shop.backend.rows("SELECT * FROM catalog_product ORDER BY id"),
        *shop.backend.rows("SELECT * FROM catalog_variant ORDER BY id"),
        *shop.backend.rows("SELECT * FROM catalog_stock ORDER BY variant_id"),
        *shop.backend.rows("SELECT * FROM catalog_price ORDER BY variant_id, from_at"),
        *shop.backend.rows("SELECT id, label, source_url, version FROM catalog_image ORDER BY id"),
    ]


def test_importing_twice_changes_nothing(shop: Shop, catalogs: Path) -> None:
    seller = shop.registered("anna")
    content = (catalogs / "home-and-garden.csv").read_bytes()
    first = imported(shop, seller, content)
    assert counts(first) == [20, 0, 0, 21, 0, 0, 0]
    assert (first["dialect"], first["rows_total"], first["rows_done"], first["failure"]) == ("old", 21, 21, None)
    before = goods(shop)
    events = shop.backend.rows("SELECT count(*) FROM kernel_events WHERE event_type LIKE 'catalog.%'")
    assert events == [(0,)]
    shop.backend.advance(days=1)
    second = imported(shop, seller, content)
    assert counts(second) == [0, 0, 20, 0, 0, 21, 0]
    assert goods(shop) == before
    assert shop.backend.rows("SELECT count(*) FROM kernel_events WHERE event_type LIKE 'catalog.%'") == events
    assert list(shop.blobs._directory.glob("imports/*")) == []
    listed = seller.get(f"/v1/organisations/{seller.organisation_id}/imports").json()["items"]
    assert [run["id"] for run in listed] == [second["id"], first["id"]]


def test_what_changed_in_the_file_changes_in_the_shop_and_is_told(shop: Shop) -> None:
    seller = shop.registered("anna")
    imported(shop, seller, (HEADER + "mug,Mug,Size,S,5,12.50\nmug,,,M,5,13\ncup,Cup,,,1,8\n").encode())
    shop.backend.advance(days=1)
    run = imported(shop, seller, (HEADER + "mug,Big Mug,Size,S,7,11\nmug,,,L,5,14\ncup,Cup,,,1,8\n").encode())
    assert counts(run) == [0, 1, 1, 1, 1, 1, 0]
    told = shop.backend.rows("SELECT event_type FROM kernel_events WHERE event_type LIKE 'catalog.%' ORDER BY 1")
    assert [name for (name,) in told] == ["catalog.price_changed", "catalog.product_changed", "catalog.stock_changed"]
    path = f"/v1/organisations/{seller.organisation_id}/products"
    [product] = seller.get(path, params={"query": "big"}).json()["items"]
    assert product["title"] == "Big Mug"
    assert [(v["title"], v["price_minor"], v["left"]) for v in product["variants"]] == [
        ("S", 1100, 7),
        ("M", 1300, 5),
        ("L", 1400, 5),
    ]
    history = shop.backend.rows(
        "SELECT p.price_minor FROM catalog_price p JOIN catalog_variant v ON v.id = p.variant_id"
        " WHERE v.title = 'S' ORDER BY from_at"
    )
    assert history == [(1250,), (1100,)]


def test_the_same_quantity_again_undoes_no_sale_and_a_new_one_counts_from_now(shop: Shop) -> None:
    seller = shop.registered("anna")
    file = (HEADER + "mug,Mug,,,10,12.50\n").encode()
    imported(shop, seller, file)
    product = seller.get(f"/v1/organisations/{seller.organisation_id}/products").json()["items"][0]
    variant_id = product["variants"][0]["id"]
    sell(shop, variant_id, 4)
    assert counts(imported(shop, seller, file)) == [0, 0, 1, 0, 0, 1, 0]
    assert left(seller, product["id"]) == 6
    imported(shop, seller, file.replace(b",10,", b",20,"))
    assert left(seller, product["id"]) == 20
    seller.patch(f"/v1/variants/{variant_id}", {"left": 3})
    imported(shop, seller, file.replace(b",10,", b",20,"))
    assert left(seller, product["id"]) == 20


def test_problems_are_listed_in_the_language_of_the_request(shop: Shop, catalogs: Path) -> None:
    seller = shop.registered("anna")
    run = imported(shop, seller, (catalogs / "broken.csv").read_bytes())
    assert counts(run) == [5, 0, 0, 6, 0, 0, 20]
    path = f"/v1/imports/{run['id']}/problems"
    first = seller.get(path, params={"limit": 15}).json()
    assert first["items"][0] == {
        "line": 5,
        "column": "Variant Price",
        "code": "price_not_a_number",
        "reason": "This is not a price. Write digits and a point, without currency sign or separators, like 12.50.",
        "value": "12,50",
        "effect": "row_skipped",
    }
    rest = seller.get(path, params={"cursor": first["next_cursor"]}).json()
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [15, 5, None]
    chinese = seller.get(path, headers={"Accept-Language": "zh-CN"}).json()["items"][0]
    assert chinese["reason"].startswith("这不是有效的价格。")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "catalog.file_empty"),
        (b"PK\x03\x04workbook", 422, "catalog.file_not_csv"),
        (b"Title,Price\nMug,1\n", 422, "catalog.columns_missing"),
        (b"Handle,Title,Variant Price\n" + b"x" * FILE_LIMIT_BYTES, 413, "catalog.file_too_large"),
    ],
)
def test_files_that_cannot_be_read_are_refused_at_once(shop: Shop, content: bytes, status: int, code: str) -> None:
    seller = shop.registered("anna")
    answer = upload(seller, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.backend.rows("SELECT count(*) FROM catalog_import") == [(0,)]
    assert list(shop.blobs._directory.glob("imports/*")) == []


def test_missing_columns_are_named_in_the_refusal(shop: Shop) -> None:
    seller = shop.registered("anna")
    answer = upload(seller, b"Handle,Body (HTML)\nmug,x\n")
    assert "Title, Variant Price" in answer.json()["message"]


def test_an_upload_without_a_file_is_refused(shop: Shop) -> None:
    seller = shop.registered("anna")
    path = f"/v1/organisations/{seller.organisation_id}/imports"
    assert seller.post(path, files={"other": ("x.csv", b"a", "text/csv")}).json()["code"] == "catalog.file_empty"


def test_too_many_rows_fail_the_import_with_a_reason(shop: Shop) -> None:
    seller = shop.registered("anna")
    answer = upload(seller, (HEADER + "mug,Mug,,,1,1\n" + "mug,,,,,\n" * 50_000).encode())
    shop.run_jobs()
    run = seller.get(f"/v1/imports/{answer.json()['id']}").json()
    assert (run["state"], run["failure"]["code"]) == ("failed", "catalog.too_many_rows")
    assert run["failure"]["message"].startswith("This file has more than 50000 rows.")
    assert shop.backend.rows("SELECT count(*) FROM catalog_product") == [(0,)]


def test_three_imports_at_once_are_enough(shop: Shop) -> None:
    seller = shop.registered("anna")
    content = (HEADER + "mug,Mug,,,1,1\n").encode()
    assert [upload(seller, content).status_code for _ in range(4)] == [202, 202, 202, 409]
    shop.run_jobs()
    assert upload(seller, content).status_code == 202


def test_file_names_lose_their_paths(shop: Shop) -> None:
    seller = shop.registered("anna")
    answer = upload(seller, (HEADER + "mug,Mug,,,1,1\n").encode(), "C:\\Users\\Anna\\産品\u202e.csv")
    assert answer.json()["file_name"] == "産品.csv"


class Stopped(Exception):
    pass


class Stopping:
    """Actions of a worker that is killed after some parts."""

    def __init__(self, shop: Shop, parts: int) -> None:
        self._shop = shop
        self._parts = parts

    async def run(self, command: Any, by: Any, *, idempotency_key: str | None = None) -> Any:
        if isinstance(command, ApplyPart):
            if self._parts == 0:
                raise Stopped
            self._parts -= 1
        return await self._shop.backend.actions.run(command, by, idempotency_key=idempotency_key)


def test_an_import_that_was_killed_goes_on_where_it_was(shop: Shop) -> None:
    seller = shop.registered("anna")
    rows = "".join(f"p{number},Product {number},,,5,{number}.50\n" for number in range(200)) + "bad,Bad,,,1,?\n"
    run_id = upload(seller, (HEADER + rows).encode()).json()["id"]
    backend = shop.backend
    with pytest.raises(Stopped):
        asyncio.run(run_import(Stopping(shop, 3), backend.reads, shop.blobs, run_id))  # type: ignore[arg-type]
    halfway = seller.get(f"/v1/imports/{run_id}").json()
    assert (halfway["state"], halfway["rows_total"], halfway["rows_done"]) == ("running", 201, 80)
    shop.run_jobs()
    done = seller.get(f"/v1/imports/{run_id}").json()
    assert (done["state"], done["rows_done"]) == ("done", 201)
    assert counts(done) == [200, 0, 0, 200, 0, 0, 1]
    assert backend.rows("SELECT count(*) FROM catalog_import_problem") == [(1,)]


def test_a_part_applied_twice_counts_once(shop: Shop) -> None:
    seller = shop.registered("anna")
    content = (HEADER + "mug,Mug,,,1,1\n").encode()
    run_id = upload(seller, content).json()["id"]
    [part] = parts_of(parse(content, "EUR"))
    command = ApplyPart(import_id=run_id, number=0, part=part)
    assert [shop.backend.run(command), shop.backend.run(command)] == [1, 1]
    assert seller.get(f"/v1/imports/{run_id}").json()["products_created"] == 1
    with refused("forbidden"):
        shop.backend.run(command, by=person(seller.person_id))


def test_a_lost_file_and_a_dead_job_end_the_import(shop: Shop) -> None:
    seller = shop.registered("anna")
    first = upload(seller, (HEADER + "mug,Mug,,,1,1\n").encode()).json()["id"]
    for path in shop.blobs._directory.glob("imports/*"):
        path.unlink()
    shop.run_jobs()
    assert seller.get(f"/v1/imports/{first}").json()["failure"]["code"] == "catalog.import_broke"
    second = upload(seller, (HEADER + "mug,Mug,,,1,1\n").encode()).json()["id"]
    shop.backend.advance(hours=5)
    shop.backend.run(CloseStalledImports())
    assert seller.get(f"/v1/imports/{second}").json()["state"] == "running"
    shop.backend.advance(hours=2)
    shop.backend.run(CloseStalledImports())
    assert seller.get(f"/v1/imports/{second}").json()["state"] == "failed"


def test_the_command_line_imports_here_and_now(shop: Shop, catalogs: Path) -> None:
    seller = shop.registered("anna", organisation_name="Anna")
    backend = shop.backend
    seen: list[int] = []

    def run(name: str) -> ImportReport:
        return import_file(
            backend.actions, backend.reads, shop.blobs, catalogs / name, "anna", lambda run: seen.append(run.rows_done)
        )

    report = run("broken.csv")
    assert (report.run.state, report.run.products_created, len(report.problems)) == ("done", 5, 20)
    assert seen == [0]
    # The job queued beside it finds nothing left to do.
    shop.run_jobs()
    assert counts(seller.get(f"/v1/imports/{report.run.id}").json()) == [5, 0, 0, 6, 0, 0, 20]
    with pytest.raises(Exception, match="not_found"):
        import_file(backend.actions, backend.reads, shop.blobs, catalogs / "broken.csv", "nobody")


def test_organisations_keep_their_products_apart(shop: Shop, catalogs: Path) -> None:
    content = (catalogs / "apparel.csv").read_bytes()
    anna, bert = shop.registered("anna", currency="USD"), shop.registered("bert", currency="JPY")
    assert counts(imported(shop, anna, content)) == [20, 0, 0, 22, 0, 0, 0]
    assert counts(imported(shop, bert, content)) == [20, 0, 0, 22, 0, 0, 0]
    prices = shop.backend.rows("SELECT currency, sum(price_minor) FROM catalog_variant GROUP BY 1 ORDER BY 1")
    assert prices == [("JPY", 1295), ("USD", 129500)]


def test_no_part_of_a_large_import_holds_the_writer_long(shop: Shop) -> None:
    """In time on the processor: other tests may be using it, too."""
    seller = shop.registered("anna")
    body = "<p>" + "word " * 100 + "</p>"
    header = HEADER.strip() + ",Body (HTML),Image Src\n"
    rows = "".join(
        f"p{product},{f'Product {product}' if variant == 0 else ''},Size,S{variant},5,{product}.50,"
        f"{body if variant == 0 else ''},https://cdn.example.com/{product}.jpg\n"
        for product in range(150)
        for variant in range(4)
    )
    parts = list(parts_of(parse((header + rows).encode(), "EUR")))
    run_id = upload(seller, (header + rows).encode()).json()["id"]
    times_ms = []
    for number, part in enumerate(parts):
        started = time.process_time()
        shop.backend.run(ApplyPart(import_id=run_id, number=number, part=part))
        times_ms.append((time.process_time() - started) * 1000)
    assert len(parts) == 15
    assert sorted(times_ms)[len(times_ms) // 2] < 20


def sell(shop: Shop, variant_id: str, quantity: int) -> None:
    """As sales would: held, then claimed."""
    shop.backend.run(Hold(demand={variant_id: quantity}))
    shop.backend.run(Claim(demand={variant_id: quantity}))


def left(seller: Visitor, product_id: str) -> int:
    return int(seller.get(f"/v1/products/{product_id}").json()["variants"][0]["left"])


CELLS = st.sampled_from(["a", "b", "", "12.50", "12,50", "-1", "7", "M", "L", "Mug", "Cup", "Size", "é", "x" * 300])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS, CELLS), max_size=8))
def test_any_file_imported_twice_changes_nothing_the_second_time(shop: Shop, rows: list[tuple[str, ...]]) -> None:
    if not shop.backend.rows("SELECT 1 FROM accounts_person"):
        shop.registered("anna", organisation_name="Anna")
    content = HEADER + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    path = shop.backend.settings.data_dir / "any.csv"
    path.write_bytes(content.encode())
    backend = shop.backend
    first = import_file(backend.actions, backend.reads, shop.blobs, path, "anna")
    before = goods(shop)
    second = import_file(backend.actions, backend.reads, shop.blobs, path, "anna")
    assert goods(shop) == before
    assert (second.run.products_created, second.run.products_updated) == (0, 0)
    assert (second.run.variants_created, second.run.variants_updated) == (0, 0)
    assert second.problems == first.problems
    touched = first.run.variants_created + first.run.variants_updated + first.run.variants_unchanged
    assert second.run.variants_unchanged == touched
