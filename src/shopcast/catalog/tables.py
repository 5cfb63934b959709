"""Rows of the catalogue: products, variants, prices with their history, stock, pictures, imports."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from shopcast.kernel.errors import Param
from shopcast.kernel.tables import Instant, Json, metadata

product = Table(
    "catalog_product",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("accounts_organisation.id"), nullable=False),
    Column("handle", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("product_type", Text, nullable=False),
    Column("tags", Json(list[str]), nullable=False),
    Column("status", String(10), nullable=False),
    Column("options", Json(list[str]), nullable=False),
    Column("image_id", Text, ForeignKey("catalog_image.id"), nullable=False),
    # Title, vendor, type, tags and handle, normalised: what the list's search box looks in.
    Column("search_text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('active', 'draft')", name="status_known"),
    Index("uq_catalog_product_handle", "organisation_id", "handle", unique=True),
    Index("ix_catalog_product_newest", "organisation_id", "id"),
)

variant = Table(
    "catalog_variant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("product_id", Text, ForeignKey("catalog_product.id"), nullable=False),
    # The option values joined: what makes a variant the same one at the next import.
    Column("option_key", Text, nullable=False),
    Column("option_values", Json(list[str]), nullable=False),
    Column("title", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("barcode", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("compare_at_minor", BigInteger),
    # Of one unit with its packing; 0: not told.
    Column("weight_grams", Integer, nullable=False, server_default=text("0")),
    Column("position", Integer, nullable=False),
    CheckConstraint("price_minor >= 0", name="price_not_negative"),
    Index("uq_catalog_variant_options", "product_id", "option_key", unique=True),
)

# `on_hand` counts every unit ever made available: what everybody can buy is on_hand - held - sold - set_aside. The
# CHECK is the last line of defence behind the conditional statements of stock/repository.py.
stock = Table(
    "catalog_stock",
    metadata,
    Column("variant_id", Text, ForeignKey("catalog_variant.id"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False, server_default=text("0")),
    Column("sold", BigInteger, nullable=False, server_default=text("0")),
    # The sum of `left` of the open rows of catalog_set_aside.
    Column("set_aside", BigInteger, nullable=False, server_default=text("0")),
    # What the last import said was left; the same number again is no news and undoes no sale. Null after an edit.
    Column("imported_quantity", BigInteger),
    CheckConstraint(
        "held >= 0 AND sold >= 0 AND set_aside >= 0 AND held + sold + set_aside <= on_hand", name="never_oversold"
    ),
)

# Units kept for whoever buys in one place (a show): `given` in all, `left` not drawn yet. Once closed it keeps nothing.
set_aside = Table(
    "catalog_set_aside",
    metadata,
    Column("for_id", Text, primary_key=True),
    Column("variant_id", Text, ForeignKey("catalog_variant.id"), primary_key=True),
    Column("given", BigInteger, nullable=False),
    Column("left", BigInteger, nullable=False),
    Column("is_open", Boolean, nullable=False),
    CheckConstraint('"left" >= 0 AND "left" <= given', name="left_of_given"),
    Index("ix_catalog_set_aside_variant", "variant_id"),
)

# Never updated, never deleted: "the lowest price in 30 days" is read from here.
price = Table(
    "catalog_price",
    metadata,
    Column("variant_id", Text, ForeignKey("catalog_variant.id"), primary_key=True),
    Column("from_at", Instant, primary_key=True),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
)

# A lower price for a while beside the one above (a drop's), as it was in force: part of the history all the same. Never
# deleted; one that is called off before it begins ends where it begins.
price_window = Table(
    "catalog_price_window",
    metadata,
    Column("id", Text, primary_key=True),
    Column("variant_id", Text, ForeignKey("catalog_variant.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    # What made it, and may close it early.
    Column("cause_id", Text, nullable=False, index=True),
    Index("ix_catalog_price_window_variant", "variant_id", "from_at"),
)

image = Table(
    "catalog_image",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("accounts_organisation.id"), nullable=False),
    # What the drawn placeholder shows the initials of.
    Column("label", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("source_url", Text),
    Column("blob_key", Text),
    Column("content_type", Text),
    # Counts up with every new picture; part of the address, so that the bytes behind one address never change.
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant),
    Column("failure", Text),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('drawn', 'waiting', 'ready', 'failed')", name="state_known"),
    Index("ix_catalog_image_waiting", "state", "next_try_at"),
)

import_run = Table(
    "catalog_import",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("accounts_organisation.id"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("blob_key", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    # When it last got further: an import whose job died is closed some hours later.
    Column("progressed_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("failure_code", Text),
    Column("failure_params", Json(dict[str, Param])),
    Column("dialect", String(10)),
    # How many parts of the parsed file were applied; what makes each part count once.
    Column("parts_done", Integer, nullable=False),
    Column("rows_total", Integer, nullable=False),
    Column("rows_done", Integer, nullable=False),
    Column("products_created", Integer, nullable=False),
    Column("products_updated", Integer, nullable=False),
    Column("products_unchanged", Integer, nullable=False),
    Column("variants_created", Integer, nullable=False),
    Column("variants_updated", Integer, nullable=False),
    Column("variants_unchanged", Integer, nullable=False),
    Column("problems_count", Integer, nullable=False),
    CheckConstraint("state IN ('running', 'done', 'failed')", name="state_known"),
    Index("ix_catalog_import_organisation", "organisation_id", "id"),
)

import_problem = Table(
    "catalog_import_problem",
    metadata,
    Column("import_id", Text, ForeignKey("catalog_import.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("line", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("params", Json(dict[str, Param]), nullable=False),
    Column("value", Text, nullable=False),
    Column("effect", String(16), nullable=False),
)
