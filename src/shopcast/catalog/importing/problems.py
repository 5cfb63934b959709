"""Owns what can be wrong in a product file, in words a shop owner can act on. Knows no file."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shopcast.kernel.errors import Language, Param

# "row_skipped": nothing of the row was used. "value_ignored": the row was used without this value.
Effect = Literal["row_skipped", "value_ignored"]

# What is shown of a cell; enough to find it again.
VALUE_LIMIT = 80


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`line` is where the row starts in the file, counting the header as 1; `column` is the header as written there."""

    line: int
    column: str
    code: str
    value: str
    effect: Effect
    params: dict[str, Param] = {}

    def reason(self, language: Language) -> str:
        return REASONS[self.code][language].format_map(self.params)


REASONS: Mapping[str, Mapping[Language, str]] = {
    "handle_missing": {
        "en": "The handle is empty. Every row needs the handle of its product.",
        "zh": "商品标识为空。每一行都需要填写所属商品的标识。",
    },
    "handle_too_long": {
        "en": "The handle is longer than {limit} characters. Shorten it in every row of the product.",
        "zh": "商品标识超过 {limit} 个字符。请在该商品的每一行中缩短它。",
    },
    "handle_reused": {
        "en": "Line {first_line} already uses this handle for another title. Give one of the two another handle.",
        "zh": "第 {first_line} 行已将此标识用于另一个商品。请为其中一个商品更换标识。",
    },
    "title_missing": {
        "en": "The first row of a product needs a title.",
        "zh": "商品的第一行必须填写标题。",
    },
    "title_too_long": {
        "en": "The title is longer than {limit} characters. Shorten it.",
        "zh": "标题超过 {limit} 个字符。请缩短。",
    },
    "product_refused": {
        "en": "The first row of this product, line {first_line}, can't be used, so neither can this one.",
        "zh": "该商品的第一行(第 {first_line} 行)无法使用，因此本行也无法导入。请先修正那一行。",
    },
    "price_missing": {
        "en": "The price is empty. Write it like 12.50.",
        "zh": "价格为空。请按 12.50 的格式填写。",
    },
    "price_not_a_number": {
        "en": "This is not a price. Write digits and a point, without currency sign or separators, like 12.50.",
        "zh": "这不是有效的价格。请只用数字和小数点，不要货币符号或千位分隔符，例如 12.50。",
    },
    "price_negative": {
        "en": "A price can't be below zero.",
        "zh": "价格不能为负数。",
    },
    "price_too_many_digits": {
        "en": "{currency} has {digits} digits after the point. Round this price.",
        "zh": "{currency} 的小数位数为 {digits} 位。请将该价格四舍五入。",
    },
    "price_too_large": {
        "en": "This price is too large to be right. Check it.",
        "zh": "该价格过大，请核对。",
    },
    "quantity_not_whole": {
        "en": "A quantity is a whole number, like 5.",
        "zh": "数量须为整数，例如 5。",
    },
    "quantity_negative": {
        "en": "This quantity is below zero (oversold). We imported it as 0.",
        "zh": "数量为负(已超卖),已按 0 导入。",
    },
    "quantity_too_large": {
        "en": "This quantity is above {limit}. Check it.",
        "zh": "数量超过 {limit}。请核对。",
    },
    "weight_wrong": {
        "en": "A weight is a number of grams up to 1000000, like 250.",
        "zh": "重量须为不超过 1000000 的克数，例如 250。",
    },
    "option_name_missing": {
        "en": "There is a value for this option, but the product's first row does not name the option.",
        "zh": "该选项有值，但商品第一行没有填写选项名称。",
    },
    "option_value_missing": {
        "en": "The value of the option “{option}” is empty.",
        "zh": "选项“{option}”的值为空。",
    },
    "variant_repeated": {
        "en": "Line {first_line} already has this variant. Remove one of the two rows.",
        "zh": "第 {first_line} 行已有相同规格。请删除其中一行。",
    },
    "too_many_variants": {
        "en": "A product can have {limit} variants. Split it into several products.",
        "zh": "一个商品最多有 {limit} 个规格。请拆分为多个商品。",
    },
    "too_many_cells": {
        "en": "This row has more cells than the header. A text with a comma in it needs quotation marks around it.",
        "zh": "该行的单元格多于表头。含有逗号的文本需要加引号。",
    },
    "row_unreadable": {
        "en": "This row can't be read. Probably a quotation mark is not closed.",
        "zh": "无法读取该行，可能是引号没有闭合。",
    },
    "text_too_long": {
        "en": "This text is longer than {limit} characters. We left it out.",
        "zh": "文本超过 {limit} 个字符，已忽略。",
    },
    "image_address_wrong": {
        "en": "This is not a web address. It should start with https://. We draw a placeholder instead.",
        "zh": "这不是有效的网址，应以 https:// 开头。将使用占位图。",
    },
}
