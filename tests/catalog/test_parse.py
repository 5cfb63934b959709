"""Reading product files, without a database."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.catalog.errors import ColumnsMissing, FileEmpty, FileNotCsv, TooManyRows
from shopcast.catalog.importing.columns import read_header
from shopcast.catalog.importing.decode import encoding_of
from shopcast.catalog.importing.html_text import text_of
from shopcast.catalog.importing.model import PROBLEMS_PER_PART, VARIANTS_PER_PART, parts_of
from shopcast.catalog.importing.parse import ROWS_LIMIT, ParsedFile, VariantRow, check_header, parse
from shopcast.catalog.importing.problems import REASONS

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Price\n"
CATALOGS = Path(__file__).parent.parent / "data" / "catalogs"


def read(text: str, currency: str = "EUR", encoding: str = "utf-8") -> ParsedFile:
    return parse(text.encode(encoding), currency)


def found(parsed: ParsedFile) -> list[tuple[int, str, str, str]]:
    return [(problem.line, problem.column, problem.code, problem.value) for problem in parsed.problems]


def test_the_old_dialect() -> None:
    parsed = parse((CATALOGS / "apparel.csv").read_bytes(), "USD")
    assert (parsed.dialect, parsed.rows_total, len(parsed.products), parsed.problems) == ("old", 22, 20, [])
    varsity = parsed.products[1]
    assert (varsity.handle, varsity.title, varsity.options) == ("classic-varsity-top", "Classic Varsity Top", ["Size"])
    assert [(row.option_values, row.price_minor, row.quantity) for row in varsity.variants] == [
        (["Small"], 6000, 1),
        (["Medium"], 6000, 1),
        (["Large"], 6000, 1),
    ]
    assert parsed.products[0].options == []
    assert parsed.products[0].variants[0].option_values == []
    assert sum(row.price_minor for product in parsed.products for row in product.variants) == 129_500


def test_the_old_dialect_with_comparison_prices() -> None:
    parsed = parse((CATALOGS / "home-and-garden.csv").read_bytes(), "USD")
    assert (parsed.rows_total, len(parsed.products), parsed.problems) == (21, 20, [])
    by_handle = {product.handle: product for product in parsed.products}
    assert by_handle["clay-plant-pot"].description == "Classic blown clay pot for plants"
    assert by_handle["clay-plant-pot"].tags == ["Pot", "Plants"]
    assert [row.price_minor for row in by_handle["clay-plant-pot"].variants] == [999, 1599]
    assert by_handle["copper-light"].variants[0].compare_at_minor == 7500


def test_the_new_dialect_with_markets_and_metafields() -> None:
    parsed = parse((CATALOGS / "new-dialect.csv").read_bytes(), "EUR")
    assert (parsed.dialect, parsed.rows_total, parsed.problems) == ("new", 5, [])
    scarf, box = parsed.products
    assert scarf.title == "Silk Scarf 真丝围巾"
    assert scarf.description == "Soft & light\n\nWashed by hand.\n\n90 × 90 cm\n\n100% silk"
    assert (scarf.options, scarf.tags, scarf.status) == (["Color", "Size"], ["silk", "summer"], "active")
    assert scarf.image_source_url == "https://cdn.example.com/scarf-1.jpg"
    assert scarf.variants[0] == VariantRow(
        option_values=["Red", "S"],
        sku="SC-R-S",
        barcode="4006381333931",
        price_minor=4990,
        compare_at_minor=6990,
        quantity=12,
        position=1,
    )
    assert [(row.option_values, row.price_minor, row.quantity) for row in scarf.variants[1:]] == [
        (["Red", "M"], 4990, 3),
        (["Blue", "S"], 5400, 0),
    ]
    assert (box.status, box.options, box.variants[0].quantity, box.image_source_url) == ("draft", [], None, None)


def test_each_row_that_cannot_be_used_is_named_and_stops_no_other() -> None:
    parsed = parse((CATALOGS / "broken.csv").read_bytes(), "EUR")
    assert found(parsed) == [
        (5, "Variant Price", "price_not_a_number", "12,50"),
        (6, "Variant Price", "price_not_a_number", "$12.50"),
        (7, "Variant Price", "price_not_a_number", "1e5"),
        (8, "Variant Price", "price_too_many_digits", "12.505"),
        (9, "Variant Price", "price_negative", "-3"),
        (10, "Variant Price", "price_too_large", "99999999999999"),
        (11, "Variant Price", "price_missing", ""),
        (12, "Variant Inventory Qty", "quantity_negative", "-4"),
        (13, "Variant Inventory Qty", "quantity_not_whole", "1.5"),
        (15, "Variant Inventory Qty", "quantity_too_large", "5000000000"),
        (17, "Variant Price", "price_not_a_number", "10,00"),
        (18, "Option1 Value", "variant_repeated", "S"),
        (19, "Option1 Value", "option_value_missing", ""),
        (20, "Title", "handle_reused", "Other Title"),
        (21, "Image Src", "image_address_wrong", "not-an-address"),
        (21, "Variant Compare At Price", "price_not_a_number", "ten"),
        (22, "Title", "title_missing", ""),
        (23, "Handle", "product_refused", "untitled"),
        (24, "Handle", "handle_missing", ""),
        (25, "", "too_many_cells", "oops"),
    ]
    assert {product.handle: [row.quantity for row in product.variants] for product in parsed.products} == {
        "good-mug": [5],
        "oversold": [0],
        "whole": [2],
        "sizes": [1, 1],
        "last-one": [1],
    }
    assert parsed.rows_total == 23
    effects = {problem.code: problem.effect for problem in parsed.problems if problem.line in (12, 21)}
    assert effects == {
        "quantity_negative": "value_ignored",
        "image_address_wrong": "value_ignored",
        "price_not_a_number": "value_ignored",
    }
    for problem in parsed.problems:
        assert problem.reason("en")
        assert problem.reason("zh") != problem.reason("en")
    assert parsed.problems[17].reason("en").startswith("The first row of this product, line 22,")


def test_every_reason_is_written_in_both_languages() -> None:
    for code, reasons in REASONS.items():
        assert set(reasons) == {"en", "zh"}, code
        assert any("\u4e00" <= character <= "\u9fff" for character in reasons["zh"]), code


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_chinese_in_every_encoding_it_comes_in(encoding: str, expected: str) -> None:
    text = HEADER + "mug,陶瓷马克杯 大号,颜色,深蓝色,5,12.50\n"
    assert encoding_of(text.encode(encoding)) == expected
    [product] = read(text, encoding=encoding).products
    assert (product.title, product.options, product.variants[0].option_values) == (
        "陶瓷马克杯 大号",
        ["颜色"],
        ["深蓝色"],
    )


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("latin-1", "Kännchen für Mädchen à la crème"), ("cp1252", "“Crème” – 5 € più grande"), ("latin-1", "éa éa ùn")],
)
def test_western_european_is_not_taken_for_chinese(encoding: str, title: str) -> None:
    [product] = read(HEADER + f"mug,{title},,,5,12.50\n", encoding=encoding).products
    assert product.title == title


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings_of_spreadsheets(delimiter: str, ending: str) -> None:
    text = (HEADER + 'mug,"Mug\nwith text",,,5,12.50\n\nbad,Bad,,,5,x\n').replace(",", delimiter).replace("\n", ending)
    parsed = read(text)
    assert parsed.products[0].title == "Mug with text"
    assert (parsed.rows_total, found(parsed)) == (2, [(5, "Variant Price", "price_not_a_number", "x")])


def test_rows_of_a_product_need_not_stand_together() -> None:
    parsed = read(HEADER + "a,A,Size,S,1,1\nb,B,Size,S,1,2\nA,,,M,1,3\n")
    assert [(p.handle, [row.price_minor for row in p.variants]) for p in parsed.products] == [
        ("a", [100, 300]),
        ("b", [200]),
    ]


@pytest.mark.parametrize(
    ("currency", "price", "minor"), [("JPY", "1200", 1200), ("KWD", "1.250", 1250), ("EUR", "1.500", 150)]
)
def test_prices_follow_the_currency(currency: str, price: str, minor: int) -> None:
    assert read(HEADER + f"a,A,,,1,{price}\n", currency).products[0].variants[0].price_minor == minor


def test_a_price_with_cents_in_a_currency_without_is_refused_in_words() -> None:
    [problem] = read(HEADER + "a,A,,,1,12.50\n", "JPY").problems
    assert problem.reason("en") == "JPY has 0 digits after the point. Round this price."


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Handle,Body (HTML),Variant SKU", ["Title", "Variant Price"]),
        ("Title,URL handle,SKU", ["Price"]),
        ("a,b,c", ["Handle", "Title", "Variant Price"]),
    ],
)
def test_missing_columns_are_named(header: str, missing: list[str]) -> None:
    with pytest.raises(ColumnsMissing) as refused:
        check_header(f"{header}\n1,2,3\n".encode())
    assert refused.value.params == {"columns": ", ".join(missing)}


def test_headers_are_found_whatever_their_case_and_order() -> None:
    columns = read_header(["  variant  PRICE", "TITLE", "handle", "Title"])
    assert columns.position == {"price": 0, "title": 1, "handle": 2}
    assert columns.header["price"] == "variant PRICE"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\n\n", b"\x00\x00\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileEmpty):
        parse(content, "EUR")


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(FileNotCsv):
        parse(content, "EUR")


def test_too_many_rows_are_refused_and_as_many_as_allowed_are_not() -> None:
    # Rows that only continue a product are the cheapest to read.
    rows = "mug,Mug,,,1,1\n" + "mug,,,,,\n" * (ROWS_LIMIT - 1)
    assert read(HEADER + rows).rows_total == ROWS_LIMIT
    with pytest.raises(TooManyRows):
        read(HEADER + rows + "one,More,,,1,1\n")


def test_a_quotation_mark_that_never_closes_costs_its_rows_only() -> None:
    good = "".join(f"p{number},T,,,1,1\n" for number in range(10))
    parsed = read(HEADER + good + 'bad,"Open,,,1,1\n' + "x" * 200_000 + "\nlater,Later,,,1,1\n")
    assert [product.handle for product in parsed.products][:10] == [f"p{number}" for number in range(10)]
    assert (12, "", "row_unreadable", "") in found(parsed)


def test_html_becomes_text() -> None:
    assert text_of("a < b & c") == "a < b & c"
    assert text_of("<p>One<br>two</p><style>p{}</style><p>&lt;b&gt;") == "One\ntwo\n\n<b>"
    assert text_of("<script>alert(1)</script>safe") == "safe"
    assert text_of("<![CDATA[x]]><p>y\u202e</p>").endswith("y")


def test_parts_are_small_and_lose_nothing() -> None:
    rows = [f"many,Many,Size,V{number},1,1\n" if number else "many,Many,Size,V0,1,1\n" for number in range(100)]
    parsed = read(HEADER + "".join(rows) + "".join(f"p{n},T,,,1,1\n" for n in range(90)) + "x,X,,,1,?\n" * 150)
    parts = list(parts_of(parsed))
    assert max(sum(len(p.variants) for p in part.products) for part in parts) <= VARIANTS_PER_PART
    assert max(len(part.problems) for part in parts) <= PROBLEMS_PER_PART
    assert sum(len(p.variants) for part in parts for p in part.products) == 190
    assert sum(len(part.problems) for part in parts) == 150
    assert parts == list(parts_of(parsed))


CELL = st.one_of(
    st.sampled_from(["a", "b", "A", "", "12.50", "12,50", "-1", "1e5", "Default Title", "Title", "Size", "true"]),
    st.text(max_size=12),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=8), max_size=12))
def test_any_cells_give_products_or_problems(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.strip().split(","), *rows])
    parsed = parse(text.getvalue().encode("utf-8", "surrogatepass"), "EUR")
    for product in parsed.products:
        assert product.title
        assert product.variants
        assert len({tuple(row.option_values) for row in product.variants}) == len(product.variants)
    refused = {problem.line for problem in parsed.problems if problem.effect == "row_skipped"}
    used = sum(len(product.variants) for product in parsed.products)
    assert used + len(refused) <= parsed.rows_total


SOURCES = [(CATALOGS / name).read_bytes() for name in ("broken.csv", "new-dialect.csv", "home-and-garden.csv")]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_mutation_of_a_file_imports_or_is_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SOURCES)))
    for _ in range(data.draw(st.integers(1, 20))):
        position = data.draw(st.integers(0, len(content) - 1))
        mutation = data.draw(st.sampled_from(["flip", "cut", "repeat"]))
        if mutation == "flip":
            content[position] = data.draw(st.integers(0, 255))
        elif mutation == "cut":
            del content[position : position + data.draw(st.integers(1, 50))]
        else:
            content[position:position] = content[position : position + 50]
        if not content:
            break
    try:
        parsed = parse(bytes(content), "EUR")
    except (ColumnsMissing, FileEmpty, FileNotCsv):
        return
    for problem in parsed.problems:
        assert problem.reason("en")
        assert 1 < problem.line <= content.count(b"\n") + content.count(b"\r") + 1


@pytest.mark.parametrize(
    ("header", "cell", "grams"),
    [
        ("Variant Grams", "250", 250),
        ("Variant Grams", "226.80", 227),
        ("Variant Grams", "226.49", 226),
        ("Variant Grams", "", None),
        ("Variant Grams", "0", 0),
        ("Variant Grams", "1000000", 1_000_000),
    ],
)
def test_weights_are_whole_grams(header: str, cell: str, grams: int | None) -> None:
    parsed = read(f"Handle,Title,Variant Price,{header}\nbowl,Bowl,10,{cell}\n")
    assert (parsed.products[0].variants[0].weight_grams, parsed.problems) == (grams, [])


@pytest.mark.parametrize("cell", ["heavy", "-1", "1000001", "1,5", "1e3"])
def test_a_weight_that_is_none_is_told_and_left_out(cell: str) -> None:
    parsed = read(f'Handle,Title,Variant Price,Variant Grams\nbowl,Bowl,10,"{cell}"\n')
    assert parsed.products[0].variants[0].weight_grams is None
    assert found(parsed) == [(2, "Variant Grams", "weight_wrong", cell)]


def test_the_new_dialect_names_grams_otherwise() -> None:
    parsed = read("URL handle,Title,Price,Weight value (grams)\nbowl,Bowl,10,480\n")
    assert (parsed.dialect, parsed.products[0].variants[0].weight_grams) == ("new", 480)
