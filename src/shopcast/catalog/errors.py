"""Refusals of the catalogue."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class SoldOut(ShopcastError):
    """Nothing was held. `left` is what could still be bought at that instant."""

    code = "catalog.sold_out"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There are only {left} of these left. Choose fewer, or another variant.",
        "zh": "该商品仅剩 {left} 件。请减少数量，或选择其他规格。",
    }

    def __init__(self, variant_id: str, left: int) -> None:
        super().__init__(variant_id=variant_id, left=left)
        if left == 0:
            # What other refusals have on their class, this one has on itself.
            self.__dict__.update(messages=NONE_LEFT)


NONE_LEFT: Mapping[Language, str] = {
    "en": "This is sold out. Join the waitlist, or choose another variant.",
    "zh": "该商品已售罄。您可以加入候补，或选择其他规格。",
}


class AsideInUse(ShopcastError):
    code = "catalog.aside_in_use"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{used} of the units set aside are already sold or held for buyers. Set at least {used}.",
        "zh": "预留的库存中已有 {used} 件售出或为买家保留。请至少设置为 {used}。",
    }


class StockBelowPromised(ShopcastError):
    code = "catalog.stock_below_promised"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{promised} of these are already sold or held for buyers, so stock can't go below that. Cancel orders "
        "first, or set at least {promised}.",
        "zh": "已有 {promised} 件售出或为买家保留，库存不能低于此数。请先取消订单，或至少设置为 {promised}。",
    }


class HandleTaken(ShopcastError):
    code = "catalog.handle_taken"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already have a product with the handle “{handle}”. Change that product, or choose another handle.",
        "zh": "您已有标识为“{handle}”的商品。请修改该商品，或更换标识。",
    }


class VariantsWrong(ShopcastError):
    code = "catalog.variants_wrong"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Each variant needs one value for each option ({options}), and no two variants may be the same.",
        "zh": "每个规格都需要为每个选项({options})提供一个值，且不能有重复的规格。",
    }


class PriceOutOfRange(ShopcastError):
    code = "catalog.price_out_of_range"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A price is a whole number of minor units (cents) from 0 to {largest}.",
        "zh": "价格须为 0 至 {largest} 之间的整数(以最小货币单位计)。",
    }


class QuantityOutOfRange(ShopcastError):
    code = "catalog.quantity_out_of_range"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "A quantity is a whole number from {smallest} to {largest}.",
        "zh": "数量须为 {smallest} 至 {largest} 之间的整数。",
    }


class PictureRefused(ShopcastError):
    code = "catalog.picture_refused"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This file is not a picture we can show. Upload a JPEG, PNG, WebP, GIF or AVIF file.",
        "zh": "无法显示该图片文件。请上传 JPEG、PNG、WebP、GIF 或 AVIF 格式的图片。",
    }


class PictureTooLarge(ShopcastError):
    code = "catalog.picture_too_large"
    status = 413
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This picture is larger than {limit_mb} MB. Save it smaller and upload it again.",
        "zh": "图片超过 {limit_mb} MB。请压缩后重新上传。",
    }


class FileTooLarge(ShopcastError):
    code = "catalog.file_too_large"
    status = 413
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This file is larger than {limit_mb} MB. Export fewer products at a time and import them one by one.",
        "zh": "文件超过 {limit_mb} MB。请分批导出商品后逐个导入。",
    }


class FileEmpty(ShopcastError):
    code = "catalog.file_empty"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This file is empty. Export your products again and choose that file.",
        "zh": "文件为空。请重新导出商品后选择该文件。",
    }


class FileNotCsv(ShopcastError):
    code = "catalog.file_not_csv"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is not a CSV file. In Shopify choose Products, Export, “CSV for Excel, Numbers”; in a spreadsheet "
        "choose “Save as CSV”.",
        "zh": "该文件不是 CSV。请在 Shopify 中选择“商品 → 导出 → CSV”,或在表格软件中“另存为 CSV”。",
    }


class ColumnsMissing(ShopcastError):
    code = "catalog.columns_missing"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "These columns are missing: {columns}. The first line of a Shopify product file names its columns; "
        "export it again without removing any.",
        "zh": "缺少以下列:{columns}。Shopify 商品文件的第一行应为列名；请重新导出，不要删除任何列。",
    }


class TooManyRows(ShopcastError):
    code = "catalog.too_many_rows"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This file has more than {limit} rows. Split it and import the parts one by one.",
        "zh": "文件超过 {limit} 行。请拆分后逐个导入。",
    }


class TooManyImports(ShopcastError):
    code = "catalog.too_many_imports"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "{limit} imports are still running. Wait until one is done.",
        "zh": "已有 {limit} 个导入任务正在进行。请等待其中一个完成。",
    }


class ImportBroke(ShopcastError):
    code = "catalog.import_broke"
    status = 500
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The import stopped because of an error on our side. What was imported stays; import the file again, "
        "and tell the operator if it happens twice.",
        "zh": "导入因系统错误而中断，已导入的内容会保留。请重新导入该文件；若再次出现，请联系运营人员。",
    }
