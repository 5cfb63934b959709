"""SQL that writes imports: their progress, and the products of one part."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from shopcast.catalog.events import ProductChanged
from shopcast.catalog.images.repository import fetch_from, relabel_image
from shopcast.catalog.importing.parse import ProductRows, VariantRow
from shopcast.catalog.importing.problems import Problem
from shopcast.catalog.prices.repository import change_price
from shopcast.catalog.products.model import option_key, search_text, variant_title
from shopcast.catalog.products.repository import add_variants, change_variant
from shopcast.catalog.stock.repository import set_left
from shopcast.catalog.tables import image, import_problem, import_run, product, stock, variant
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import Param
from shopcast.kernel.ids import new_id


class Counts(msgspec.Struct):
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    variants_created: int = 0
    variants_updated: int = 0
    variants_unchanged: int = 0


# Built once: an import runs them for every part of its file, while people buy.
_COUNTED = ("rows_done", *Counts.__struct_fields__)
_TAKE = update(import_run).where(
    import_run.c.id == bindparam("import_id"),
    import_run.c.state == "running",
    import_run.c.parts_done == bindparam("number"),
)
_COUNT = (
    update(import_run)
    .where(import_run.c.id == bindparam("import_id"))
    .values({name: import_run.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)
_PRODUCTS = (
    select(product, image.c.source_url)
    .join(image, image.c.id == product.c.image_id)
    .where(product.c.organisation_id == bindparam("owner"), product.c.handle.in_(bindparam("handles", expanding=True)))
)
_VARIANTS = (
    select(variant, stock.c.imported_quantity)
    .join(stock, stock.c.variant_id == variant.c.id)
    .where(variant.c.product_id.in_(bindparam("products", expanding=True)))
)
_INSERT_IMAGES = insert(image)
_INSERT_PRODUCTS = insert(product)


def add_import(
    tx: Tx, import_id: str, organisation_id: str, file_name: str, blob_key: str, by_key: str, now: datetime
) -> None:
    tx.execute(
        insert(import_run).values(
            id=import_id,
            organisation_id=organisation_id,
            file_name=file_name,
            blob_key=blob_key,
            state="running",
            started_by=by_key,
            started_at=now,
            progressed_at=now,
            parts_done=0,
            rows_total=0,
            rows_done=0,
            problems_count=0,
            **msgspec.structs.asdict(Counts()),
        )
    )


def running_imports(tx: Tx, organisation_id: str) -> int:
    count: int = tx.execute(
        select(func.count()).where(import_run.c.organisation_id == organisation_id, import_run.c.state == "running")
    ).scalar_one()
    return count


def note_totals(tx: Tx, import_id: str, dialect: str, rows_total: int, problems_count: int, now: datetime) -> None:
    tx.execute(
        update(import_run)
        .where(import_run.c.id == import_id)
        .values(dialect=dialect, rows_total=rows_total, problems_count=problems_count, progressed_at=now)
    )


def take_part(tx: Tx, import_id: str, number: int, now: datetime) -> bool:
    """True once per part, whoever applies it: a restarted job and the command line may both be at it."""
    taken = {"import_id": import_id, "number": number, "parts_done": number + 1, "progressed_at": now}
    return tx.execute(_TAKE, taken).rowcount == 1


def add_counts(tx: Tx, import_id: str, counts: Counts, rows: int) -> None:
    more = {f"more_{name}": count for name, count in msgspec.structs.asdict(counts).items()}
    tx.execute(_COUNT, {"import_id": import_id, "more_rows_done": rows, **more})


def add_problems(tx: Tx, import_id: str, problems: Sequence[Problem]) -> None:
    first = tx.execute(select(func.count()).where(import_problem.c.import_id == import_id)).scalar_one()
    tx.execute(
        insert(import_problem),
        [
            {"import_id": import_id, "number": first + index, **msgspec.structs.asdict(problem)}
            for index, problem in enumerate(problems)
        ],
    )


def finish_import(
    tx: Tx, import_id: str, now: datetime, failure_code: str | None = None, params: dict[str, Param] | None = None
) -> bool:
    finished = {} if failure_code else {"rows_done": import_run.c.rows_total}
    done = tx.execute(
        update(import_run)
        .where(import_run.c.id == import_id, import_run.c.state == "running")
        .values(
            state="failed" if failure_code else "done",
            finished_at=now,
            progressed_at=now,
            failure_code=failure_code,
            failure_params=params,
            **finished,
        )
    )
    return done.rowcount == 1


def stalled_imports(tx: Tx, before: datetime) -> list[str]:
    rows = tx.execute(
        select(import_run.c.id).where(import_run.c.state == "running", import_run.c.progressed_at < before).limit(100)
    )
    return [row.id for row in rows]


def apply_products(
    tx: Tx, organisation_id: str, currency: str, products: Sequence[ProductRows], goes_on: bool, now: datetime
) -> Counts:
    """Makes or updates the products with their variants; what is already so is left alone, and counted as that."""
    return _Applying(tx, organisation_id, currency, now).apply(products, goes_on)


class _Applying:
    def __init__(self, tx: Tx, organisation_id: str, currency: str, now: datetime) -> None:
        self._tx = tx
        self._organisation_id = organisation_id
        self._currency = currency
        self._now = now
        self._counts = Counts()

    def apply(self, products: Sequence[ProductRows], goes_on: bool) -> Counts:
        known = self._known_products([rows.handle for rows in products])
        ids = {handle: row.id for handle, row in known.items()}
        changed: set[str] = set()
        for rows in products:
            if rows.handle in known and not goes_on and self._update_product(known[rows.handle], rows):
                changed.add(rows.handle)
        ids.update(self._create_products([rows for rows in products if rows.handle not in known]))
        variants = self._known_variants(list(ids.values()))
        created: list[dict[str, Any]] = []
        for rows in products:
            if self._apply_variants(ids[rows.handle], rows, variants, created) and rows.handle in known:
                changed.add(rows.handle)
        if created:
            add_variants(self._tx, created, self._currency, self._now)
            self._counts.variants_created += len(created)
        for handle in sorted(changed):
            self._tx.record(ProductChanged(product_id=ids[handle], organisation_id=self._organisation_id))
        return self._counts

    def _known_products(self, handles: list[str]) -> dict[str, Any]:
        rows = self._tx.execute(_PRODUCTS, {"owner": self._organisation_id, "handles": handles})
        return {row.handle: row for row in rows}

    def _create_products(self, created: Sequence[ProductRows]) -> dict[str, str]:
        if not created:
            return {}
        ids = {rows.handle: new_id("prd") for rows in created}
        images = {rows.handle: new_id("img") for rows in created}
        self._tx.execute(
            _INSERT_IMAGES,
            [
                {
                    "id": images[rows.handle],
                    "organisation_id": self._organisation_id,
                    "label": rows.title,
                    "state": "waiting" if rows.image_source_url else "drawn",
                    "source_url": rows.image_source_url,
                    "next_try_at": self._now if rows.image_source_url else None,
                    "version": 1,
                    "attempts": 0,
                    "created_at": self._now,
                }
                for rows in created
            ],
        )
        self._tx.execute(
            _INSERT_PRODUCTS,
            [
                {
                    "id": ids[rows.handle],
                    "organisation_id": self._organisation_id,
                    "handle": rows.handle,
                    "image_id": images[rows.handle],
                    "created_at": self._now,
                    "updated_at": self._now,
                    **_columns(rows),
                }
                for rows in created
            ],
        )
        self._counts.products_created += len(created)
        return ids

    def _update_product(self, known: Any, rows: ProductRows) -> bool:
        wanted = _columns(rows)
        changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        if rows.title != known.title:
            relabel_image(self._tx, known.image_id, rows.title)
        # A file without a picture takes none away.
        picture_changed = rows.image_source_url is not None and rows.image_source_url != known.source_url
        if picture_changed:
            fetch_from(self._tx, known.image_id, rows.image_source_url or "", self._now)
        if not changes and not picture_changed:
            self._counts.products_unchanged += 1
            return False
        self._tx.execute(update(product).where(product.c.id == known.id).values(updated_at=self._now, **changes))
        self._counts.products_updated += 1
        return True

    def _known_variants(self, product_ids: list[str]) -> dict[tuple[str, str], Any]:
        rows = self._tx.execute(_VARIANTS, {"products": product_ids})
        return {(row.product_id, row.option_key): row for row in rows}

    def _apply_variants(
        self, product_id: str, rows: ProductRows, known: dict[tuple[str, str], Any], created: list[dict[str, Any]]
    ) -> bool:
        """True if there are more than before, or one reads differently. New ones are left to be added with others."""
        differs = False
        for row in rows.variants:
            existing = known.get((product_id, option_key(row.option_values)))
            if existing is None:
                created.append({"product_id": product_id, **_new_variant(row)})
                differs = True
            else:
                differs = self._update_variant(existing, row) or differs
        return differs

    def _update_variant(self, known: Any, row: VariantRow) -> bool:
        wanted = {
            "option_values": row.option_values,
            "title": variant_title(row.option_values),
            "sku": row.sku,
            "barcode": row.barcode,
            "compare_at_minor": row.compare_at_minor,
            "weight_grams": known.weight_grams if row.weight_grams is None else row.weight_grams,
            "position": row.position,
        }
        changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        change_variant(self._tx, known.id, changes)
        price_changed = (known.price_minor, known.currency) != (row.price_minor, self._currency)
        if price_changed:
            change_price(
                self._tx,
                known.id,
                known.product_id,
                known.price_minor,
                row.price_minor,
                self._currency,
                self._now,
            )
        stock_changed = row.quantity is not None and row.quantity != known.imported_quantity
        if stock_changed and row.quantity is not None:
            set_left(self._tx, known.id, known.product_id, row.quantity, imported=True)
        if changes or price_changed or stock_changed:
            self._counts.variants_updated += 1
        else:
            self._counts.variants_unchanged += 1
        return bool(changes)


def _columns(rows: ProductRows) -> dict[str, Any]:
    return {
        "title": rows.title,
        "description": rows.description,
        "vendor": rows.vendor,
        "product_type": rows.product_type,
        "tags": rows.tags,
        "status": rows.status,
        "options": rows.options,
        "search_text": search_text(rows.title, rows.vendor, rows.product_type, rows.tags, rows.handle),
    }


def _new_variant(row: VariantRow) -> dict[str, Any]:
    return {
        "option_values": row.option_values,
        "sku": row.sku,
        "barcode": row.barcode,
        "price_minor": row.price_minor,
        "compare_at_minor": row.compare_at_minor,
        "weight_grams": row.weight_grams or 0,
        "position": row.position,
        "on_hand": row.quantity or 0,
        "imported_quantity": row.quantity,
    }
