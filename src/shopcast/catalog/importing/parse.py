"""Owns reading a Shopify product file into products, and naming each row that can't be used. Knows no table."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from shopcast.catalog.errors import FileNotCsv, TooManyRows
from shopcast.catalog.importing.columns import Column, Columns, Dialect, read_header
from shopcast.catalog.importing.decode import open_text
from shopcast.catalog.importing.html_text import text_of
from shopcast.catalog.importing.problems import VALUE_LIMIT, Effect, Problem
from shopcast.catalog.products.model import (
    DESCRIPTION_LIMIT,
    HANDLE_LIMIT,
    LABEL_LIMIT,
    PRICE_LIMIT_MINOR,
    QUANTITY_LIMIT,
    TAGS_LIMIT,
    TITLE_LIMIT,
    VARIANTS_LIMIT,
    WEIGHT_LIMIT_GRAMS,
    Status,
    option_key,
)
from shopcast.kernel.errors import InvalidInput, Param
from shopcast.kernel.money import minor_digits, parse_decimal
from shopcast.kernel.text import clean_line

FILE_LIMIT_BYTES = 20 * 1024 * 1024
ROWS_LIMIT = 50_000
_ADDRESS_LIMIT = 2_048
_WEIGHT = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)
_QUANTITY = re.compile(r"(-?)(\d{1,18})(?:\.0{1,6})?", re.ASCII)
_OPTIONS: tuple[tuple[Column, Column], ...] = (
    ("option1_name", "option1_value"),
    ("option2_name", "option2_value"),
    ("option3_name", "option3_value"),
)
# A row with any of these is a variant; the others only add a picture.
_VARIANT_COLUMNS: tuple[Column, ...] = (
    "option1_value",
    "option2_value",
    "option3_value",
    "sku",
    "barcode",
    "price",
    "quantity",
)


class VariantRow(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` or `weight_grams` None: the file does not say."""

    option_values: list[str]
    sku: str
    barcode: str
    price_minor: int
    compare_at_minor: int | None
    quantity: int | None
    weight_grams: int | None = None
    position: int


class ProductRows(msgspec.Struct, frozen=True, kw_only=True):
    handle: str
    title: str
    description: str
    vendor: str
    product_type: str
    tags: list[str]
    status: Status
    options: list[str]
    image_source_url: str | None
    variants: list[VariantRow]


class ParsedFile(msgspec.Struct, frozen=True, kw_only=True):
    """Products in the order of their first rows, problems in the order of lines."""

    dialect: Dialect
    rows_total: int
    products: list[ProductRows]
    problems: list[Problem]


def check_header(content: bytes) -> None:
    """Refuses at once what `parse` would refuse as a whole. Raises FileEmpty, FileNotCsv, ColumnsMissing."""
    _columns_of(_Table(open_text(content)))


def parse(content: bytes, currency: str) -> ParsedFile:
    """Raises FileEmpty, FileNotCsv, ColumnsMissing, TooManyRows; a row never stops the others."""
    table = _Table(open_text(content))
    return _Reading(_columns_of(table), currency).read(table)


class _Row(NamedTuple):
    line: int
    # None: the reader could not make cells of it.
    cells: list[str] | None


class _Table:
    """Rows with the physical line each starts on. The delimiter is the one the first line has most of."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        first = text.readline()
        # A spreadsheet in a country with decimal commas writes semicolons; "Unicode text" is tab-separated.
        delimiter = max(",;\t", key=first.count)
        text.seek(0)
        self._reader = csv.reader(text, delimiter=delimiter)

    def __iter__(self) -> Iterator[_Row]:
        # Each turn consumes at least one line of a bounded file, so this ends.
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield _Row(line, None)
            else:
                yield _Row(line, cells)


def _columns_of(table: _Table) -> Columns:
    header = next(iter(table), None)
    if header is None or header.cells is None:
        raise FileNotCsv()
    return read_header(header.cells)


class _Open:
    """A product while its rows are being read."""

    def __init__(self, line: int, title: str, columns: "_Cells", option_names: list[tuple[Column, str]]) -> None:
        self.line = line
        self.title = title
        self.first = columns
        self.option_names = option_names
        self.variants: list[VariantRow] = []
        self.lines: dict[str, int] = {}
        self.image: tuple[int, str] | None = None


class _Cells:
    """One row by column."""

    def __init__(self, row: list[str], columns: Columns) -> None:
        self._row = row
        self._columns = columns

    def __getitem__(self, column: Column) -> str:
        position = self._columns.position.get(column)
        return self._row[position].strip() if position is not None and position < len(self._row) else ""


class _Refused(Exception):
    def __init__(self, column: Column, code: str, **params: Param) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
        self.params = params


class _Reading:
    def __init__(self, columns: Columns, currency: str) -> None:
        self._columns = columns
        self._currency = currency
        self._open: dict[str, _Open] = {}
        # Handle to the line of the first row, of products that can't be used at all.
        self._refused: dict[str, int] = {}
        self._problems: list[Problem] = []

    def read(self, table: _Table) -> ParsedFile:
        rows_total = 0
        for row in table:
            if row.cells is not None and not any(cell.strip() for cell in row.cells):
                continue
            rows_total += 1
            if rows_total > ROWS_LIMIT:
                raise TooManyRows(limit=ROWS_LIMIT)
            self._read_row(row)
        return ParsedFile(
            dialect=self._columns.dialect,
            rows_total=rows_total,
            products=[self._product(handle, opened) for handle, opened in self._open.items() if opened.variants],
            problems=sorted(self._problems, key=lambda problem: problem.line),
        )

    def _read_row(self, row: _Row) -> None:
        if row.cells is None:
            self._problems.append(
                Problem(line=row.line, column="", code="row_unreadable", value="", effect="row_skipped")
            )
            return
        if any(cell.strip() for cell in row.cells[self._columns.width :]):
            extra = next(cell for cell in row.cells[self._columns.width :] if cell.strip())
            self._problems.append(
                Problem(line=row.line, column="", code="too_many_cells", value=_shown(extra), effect="row_skipped")
            )
            return
        cells = _Cells(row.cells, self._columns)
        try:
            self._read_cells(row.line, cells)
        except _Refused as refused:
            self._note(row.line, cells, refused.column, refused.code, "row_skipped", refused.params)

    def _read_cells(self, line: int, cells: _Cells) -> None:
        handle = _handle(cells["handle"])
        opened = self._open.get(handle)
        if opened is None:
            opened = self._open_product(line, handle, cells)
        elif cells["title"] and _line_or_empty(cells["title"], TITLE_LIMIT) != opened.title:
            raise _Refused("title", "handle_reused", first_line=opened.line)
        self._note_image(line, cells, opened)
        if opened.line == line or any(cells[column] for column in _VARIANT_COLUMNS):
            self._add_variant(line, cells, opened)

    def _open_product(self, line: int, handle: str, cells: _Cells) -> _Open:
        if handle in self._refused:
            raise _Refused("handle", "product_refused", first_line=self._refused[handle])
        try:
            title = _title(cells["title"])
        except _Refused:
            self._refused[handle] = line
            raise
        opened = _Open(line, title, cells, self._option_names(cells))
        self._open[handle] = opened
        return opened

    def _option_names(self, cells: _Cells) -> list[tuple[Column, str]]:
        # A product without options is written as one option "Title" with the value "Default Title".
        if cells["option1_name"].lower() == "title" and cells["option1_value"].lower() == "default title":
            return []
        names = ((value, _line_or_empty(cells[name], LABEL_LIMIT)) for name, value in _OPTIONS)
        return [(value, name) for value, name in names if name]

    def _note_image(self, line: int, cells: _Cells, opened: _Open) -> None:
        url = cells["image"]
        if not url:
            return
        if not _is_web_address(url):
            self._note(line, cells, "image", "image_address_wrong", "value_ignored", {})
            return
        # The first picture by position; without positions, the first one written.
        position_text = cells["image_position"]
        position = int(position_text) if re.fullmatch(r"\d{1,6}", position_text, re.ASCII) else 1_000_000
        if opened.image is None or position < opened.image[0]:
            opened.image = (position, url)

    def _add_variant(self, line: int, cells: _Cells, opened: _Open) -> None:
        values = self._option_values(cells, opened)
        key = option_key(values)
        if key in opened.lines:
            raise _Refused("option1_value", "variant_repeated", first_line=opened.lines[key])
        if len(opened.variants) >= VARIANTS_LIMIT:
            raise _Refused("handle", "too_many_variants", limit=VARIANTS_LIMIT)
        price_minor = self._price(cells, "price")
        quantity = self._quantity(line, cells)
        opened.lines[key] = line
        opened.variants.append(
            VariantRow(
                option_values=values,
                sku=self._label(line, cells, "sku"),
                barcode=self._label(line, cells, "barcode"),
                price_minor=price_minor,
                compare_at_minor=self._compare_at(line, cells, price_minor),
                quantity=quantity,
                weight_grams=self._weight(line, cells),
                position=len(opened.variants) + 1,
            )
        )

    def _option_values(self, cells: _Cells, opened: _Open) -> list[str]:
        named = {value for value, _ in opened.option_names}
        for _, column in _OPTIONS:
            is_default = column == "option1_value" and cells[column].lower() == "default title"
            if column not in named and cells[column] and not is_default:
                raise _Refused(column, "option_name_missing")
        values = []
        for column, name in opened.option_names:
            value = _line_or_empty(cells[column], LABEL_LIMIT)
            if not value:
                raise _Refused(column, "option_value_missing", option=name)
            values.append(value)
        return values

    def _price(self, cells: _Cells, column: Column) -> int:
        text = cells[column]
        if not text:
            raise _Refused(column, "price_missing")
        try:
            amount_minor = parse_decimal(text, self._currency).amount_minor
        except InvalidInput as error:
            if error.params["reason"] == "it has too many digits after the point":
                digits = minor_digits(self._currency)
                raise _Refused(column, "price_too_many_digits", currency=self._currency, digits=digits) from None
            raise _Refused(column, "price_not_a_number") from None
        if amount_minor < 0:
            raise _Refused(column, "price_negative")
        if amount_minor > PRICE_LIMIT_MINOR:
            raise _Refused(column, "price_too_large")
        return amount_minor

    def _compare_at(self, line: int, cells: _Cells, price_minor: int) -> int | None:
        if not cells["compare_at"]:
            return None
        try:
            compare_at_minor = self._price(cells, "compare_at")
        except _Refused as refused:
            self._note(line, cells, "compare_at", refused.code, "value_ignored", refused.params)
            return None
        # Exports write the price itself, or zero, when there is no comparison.
        return compare_at_minor if compare_at_minor > price_minor else None

    def _weight(self, line: int, cells: _Cells) -> int | None:
        text = cells["weight"]
        if not text:
            return None
        match = _WEIGHT.fullmatch(text)
        grams = None if match is None else int(match[1]) + (1 if (match[2] or "0")[0] >= "5" else 0)
        if grams is None or grams > WEIGHT_LIMIT_GRAMS:
            self._note(line, cells, "weight", "weight_wrong", "value_ignored", {})
            return None
        return grams

    def _quantity(self, line: int, cells: _Cells) -> int | None:
        text = cells["quantity"]
        if not text:
            return None
        match = _QUANTITY.fullmatch(text)
        if match is None:
            raise _Refused("quantity", "quantity_not_whole")
        quantity = int(match[2])
        if quantity > QUANTITY_LIMIT:
            raise _Refused("quantity", "quantity_too_large", limit=QUANTITY_LIMIT)
        if match[1] and quantity:
            # Shopify writes this for shops that sell on credit of the next delivery: nothing is left to sell.
            self._note(line, cells, "quantity", "quantity_negative", "value_ignored", {})
            return 0
        return quantity

    def _label(self, line: int, cells: _Cells, column: Column) -> str:
        try:
            return clean_line(cells[column], LABEL_LIMIT) if cells[column] else ""
        except InvalidInput as error:
            if error.params["reason"] == "it is too long":
                self._note(line, cells, column, "text_too_long", "value_ignored", {"limit": LABEL_LIMIT})
            return ""

    def _product(self, handle: str, opened: _Open) -> ProductRows:
        cells = opened.first
        return ProductRows(
            handle=handle,
            title=opened.title,
            description=self._description(opened.line, cells),
            vendor=self._label(opened.line, cells, "vendor"),
            product_type=self._label(opened.line, cells, "product_type"),
            tags=_tags(cells["tags"]),
            status=_status(cells),
            options=[name for _, name in opened.option_names],
            image_source_url=opened.image[1] if opened.image else None,
            variants=opened.variants,
        )

    def _description(self, line: int, cells: _Cells) -> str:
        text = text_of(cells["description"])
        if len(text) > DESCRIPTION_LIMIT:
            self._note(line, cells, "description", "text_too_long", "value_ignored", {"limit": DESCRIPTION_LIMIT})
            return ""
        return text

    def _note(
        self, line: int, cells: _Cells, column: Column, code: str, effect: Effect, params: dict[str, Param]
    ) -> None:
        self._problems.append(
            Problem(
                line=line,
                column=self._columns.header.get(column, ""),
                code=code,
                value=_shown(cells[column]),
                effect=effect,
                params=params,
            )
        )


def _handle(text: str) -> str:
    try:
        return clean_line(text, HANDLE_LIMIT).lower()
    except InvalidInput as error:
        if error.params["reason"] == "it is too long":
            raise _Refused("handle", "handle_too_long", limit=HANDLE_LIMIT) from None
        raise _Refused("handle", "handle_missing") from None


def _title(text: str) -> str:
    try:
        return clean_line(text, TITLE_LIMIT)
    except InvalidInput as error:
        if error.params["reason"] == "it is too long":
            raise _Refused("title", "title_too_long", limit=TITLE_LIMIT) from None
        raise _Refused("title", "title_missing") from None


def _line_or_empty(text: str, limit: int) -> str:
    try:
        return clean_line(text, limit)
    except InvalidInput:
        return ""


def _tags(text: str) -> list[str]:
    tags = (_line_or_empty(tag, LABEL_LIMIT) for tag in text.split(","))
    return list(dict.fromkeys(tag for tag in tags if tag))[:TAGS_LIMIT]


def _status(cells: _Cells) -> Status:
    if cells["status"].lower() in ("draft", "archived", "unlisted"):
        return "draft"
    return "draft" if cells["published"].lower() in ("false", "no", "0") else "active"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= _ADDRESS_LIMIT
    except ValueError:
        return False


def _shown(text: str) -> str:
    return _line_or_empty(text[: 4 * VALUE_LIMIT], 4 * VALUE_LIMIT)[:VALUE_LIMIT]
