"""Catalogue: products, variants, prices, stock, pictures, imports. The names others may use are listed here."""

from shopcast.catalog.errors import AsideInUse, SoldOut
from shopcast.catalog.events import PriceChanged, ProductChanged, StockChanged
from shopcast.catalog.images.fetch_images import FETCH_IMAGES, FetchImages, NoteFetched, fetch_images, note_fetched
from shopcast.catalog.images.model import PICTURE_LIMIT_BYTES, image_url, placeholder, sniff
from shopcast.catalog.images.queries import Image, image
from shopcast.catalog.images.upload_image import UploadImage, check_picture, upload_image
from shopcast.catalog.importing.apply_part import (
    ApplyPart,
    CloseStalledImports,
    FinishImport,
    NoteTotals,
    apply_part,
    close_import,
    close_stalled_imports,
    note_import_totals,
)
from shopcast.catalog.importing.import_products import (
    ImportReport,
    close_stalled,
    import_file,
    import_products,
    keep_file,
    run_import,
)
from shopcast.catalog.importing.model import ImportRun
from shopcast.catalog.importing.problems import Problem
from shopcast.catalog.importing.queries import import_of, imports_of, problems_of
from shopcast.catalog.importing.start_import import IMPORT_PRODUCTS, ImportProducts, StartImport, start_import
from shopcast.catalog.prices.queries import (
    before_price_at,
    lowest_price_in_days,
    lowest_prices_at,
    lowest_prices_in_days,
    price_now,
    prices_before,
)
from shopcast.catalog.prices.windows import close_price_window, open_price_window
from shopcast.catalog.products.change_product import ChangeProduct, change_product
from shopcast.catalog.products.change_variant import ChangeVariant, change_variant
from shopcast.catalog.products.create_product import CreateProduct, VariantDraft, create_product
from shopcast.catalog.products.model import Product, Variant
from shopcast.catalog.products.queries import (
    left_of_product,
    product,
    products_by_id,
    products_of,
    require_product_role,
    variant,
    variants_by_id,
    variants_of,
)
from shopcast.catalog.stock.repository import (
    claim_stock,
    hold_stock,
    left_for,
    release_stock,
    return_stock,
    stock_left,
)
from shopcast.catalog.stock.set_aside import Aside, aside_left, asides_of, close_asides, set_aside
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("catalog.create_product", CreateProduct, create_product, Product),
    ActionSpec("catalog.change_product", ChangeProduct, change_product, Product),
    ActionSpec("catalog.change_variant", ChangeVariant, change_variant, Variant),
    ActionSpec("catalog.upload_image", UploadImage, upload_image),
    ActionSpec("catalog.note_fetched", NoteFetched, note_fetched),
    ActionSpec("catalog.start_import", StartImport, start_import, ImportRun),
    ActionSpec("catalog.note_totals", NoteTotals, note_import_totals),
    ActionSpec("catalog.apply_part", ApplyPart, apply_part, int),
    ActionSpec("catalog.finish_import", FinishImport, close_import),
    ActionSpec("catalog.close_stalled_imports", CloseStalledImports, close_stalled_imports),
)
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = (
    JobSpec(IMPORT_PRODUCTS, ImportProducts, import_products),
    JobSpec(FETCH_IMAGES, FetchImages, fetch_images),
)
PERIODICS: tuple[Periodic, ...] = (Periodic("catalog.close_stalled_imports", 3600, close_stalled),)

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "PICTURE_LIMIT_BYTES",
    "SUBSCRIPTIONS",
    "Aside",
    "AsideInUse",
    "ChangeProduct",
    "ChangeVariant",
    "CreateProduct",
    "Image",
    "ImportReport",
    "ImportRun",
    "PriceChanged",
    "Problem",
    "Product",
    "ProductChanged",
    "SoldOut",
    "StartImport",
    "StockChanged",
    "UploadImage",
    "Variant",
    "VariantDraft",
    "aside_left",
    "asides_of",
    "before_price_at",
    "check_picture",
    "claim_stock",
    "close_asides",
    "close_price_window",
    "hold_stock",
    "image",
    "image_url",
    "import_file",
    "import_of",
    "imports_of",
    "keep_file",
    "left_for",
    "left_of_product",
    "lowest_price_in_days",
    "lowest_prices_at",
    "lowest_prices_in_days",
    "open_price_window",
    "placeholder",
    "price_now",
    "prices_before",
    "problems_of",
    "product",
    "products_by_id",
    "products_of",
    "release_stock",
    "require_product_role",
    "return_stock",
    "run_import",
    "set_aside",
    "sniff",
    "stock_left",
    "variant",
    "variants_by_id",
    "variants_of",
]
