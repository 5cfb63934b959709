"""Owns saying one statement for many rows at once: what the driver would send row by row becomes one message, whose
parameters are arrays. Reads only the plain statements that repositories write; everything else is left to the driver.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.dialects import postgresql

from shopcast.kernel.tables import metadata

# More than all hand-written statements of all domains.
_STATEMENTS = 2_000
_TABLE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (?P<table>\w+) ")
_INSERT = re.compile(
    r"INSERT INTO (?P<table>\w+) \((?P<columns>[^()]*)\) VALUES \((?P<values>[^()]*)\)"
    r"(?P<conflict>| ON CONFLICT(?: \([^()]*\))? DO NOTHING)"
)
_UPDATE = re.compile(r"UPDATE (?P<table>\w+) SET (?P<change>[^?:]*(?:[?:].*?)?) WHERE (?P<condition>.*)", re.DOTALL)
_DELETE = re.compile(r"DELETE FROM (?P<table>\w+) WHERE (?P<condition>.*)", re.DOTALL)
# As many marks as there are values: one array in their place keeps one text, and one plan, for any number.
_GATHERED = re.compile(r"(?P<many>IN \(\?(?:, \?)+\))|(?P<rows>VALUES (?P<row>\(\?(?:, \?)*\))(?:, (?P=row))+)")
_PLACE = re.compile(r"\?|(?<!:):(?P<name>[a-z_]\w*)")
# The column a parameter is compared with, counted to or taken from says what type it has.
_COMPARED = re.compile(r'"?(?P<column>\w+)"? (?P<how>=|<>|<=|>=|<|>|\+|-) $')
# Stands between texts while they are looked through all at once. PostgreSQL takes no text that has it.
_BETWEEN = "\0"
_dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect's constructor

Row = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SetStatement:
    """`names` are the parameters of one row in the order of the arrays; None: by position. `identity` are the places
    of those that say which row of the table is meant."""

    text: str
    names: tuple[str, ...] | None
    identity: tuple[int, ...] = ()

    def parameters(self, rows: Sequence[Row]) -> tuple[str, ...] | None:
        """An array for each parameter. None when two rows mean the same row of the table: of two changes in one
        statement PostgreSQL makes one."""
        columns = [[_value(row, key) for row in rows] for key in self.names or range(len(rows[0]))]
        if self.identity and len(set(zip(*(columns[place] for place in self.identity), strict=True))) < len(rows):
            return None
        return tuple(array_literal(column) for column in columns)


@lru_cache(_STATEMENTS)
def set_statement(statement: str) -> SetStatement | None:
    """The same for many rows; None when it is not one of those that are understood."""
    table = _TABLE.match(statement)
    if table is None or table["table"] not in metadata.tables:
        return None
    if found := _INSERT.fullmatch(statement):
        return _insert(found)
    if found := _UPDATE.fullmatch(statement):
        head = f"UPDATE {found['table']} SET "
        return _change(found["table"], head, found["change"], " FROM ", found["condition"])
    if found := _DELETE.fullmatch(statement):
        return _change(found["table"], f"DELETE FROM {found['table']}", "", " USING ", found["condition"])
    return None


def gathered(statement: str, parameters: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
    """The same with an array for each list of marks."""
    parts: list[str] = []
    left: list[object] = []
    end = used = 0
    for found in _GATHERED.finditer(statement):
        before = statement[end : found.start()]
        kept = before.count("?")
        marks = found[0].count("?")
        left += parameters[used : used + kept]
        values = parameters[used + kept : used + kept + marks]
        width = 1 if found["many"] else found["row"].count("?")
        columns = [values[number::width] for number in range(width)]
        types = [_type_of(column) for column in columns]
        if None in types:
            parts += [before, found[0]]
            left += values
        else:
            arrays = ", ".join(f"?::{type_}[]" for type_ in types)
            parts += [before, f"= ANY ({arrays})" if found["many"] else f"SELECT * FROM unnest({arrays})"]
            left += map(array_literal, columns)
        used += kept + marks
        end = found.end()
    return "".join([*parts, statement[end:]]), (*left, *parameters[used:])


def _type_of(values: Iterable[object]) -> str | None:
    kinds = {type(value) for value in values if value is not None}
    return {str: "text", int: "bigint", bool: "boolean"}.get(kinds.pop()) if len(kinds) == 1 else None


def array_literal(values: Iterable[object]) -> str:
    """As PostgreSQL reads an array: many times as fast as the driver says it. A column mostly has one type."""
    column = list(values)
    kinds = set(map(type, column))
    if kinds == {str}:
        joined = _BETWEEN.join(column)  # type: ignore[arg-type]  # all are text
        if "\\" not in joined and '"' not in joined and joined.count(_BETWEEN) == len(column) - 1:
            return '{"' + joined.replace(_BETWEEN, '","') + '"}'
    elif kinds == {int}:
        return "{" + ",".join(map(str, column)) + "}"
    return "{" + ",".join(map(_element, column)) + "}"


def _element(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "t" if value else "f"
        case str():
            if "\\" in value or '"' in value:
                value = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{value}"'
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case int() | float():
            return repr(value)
    raise TypeError(f"{type(value).__name__} can not be an element")


def _value(row: Row, key: str | int) -> object:
    return row[key]  # type: ignore[index]  # names for mappings, places for sequences


def _insert(found: re.Match[str]) -> SetStatement | None:
    columns = [column.strip().strip('"') for column in found["columns"].split(",")]
    given = _Given(found["table"])
    values: list[str] = []
    for column, value in zip(columns, [one.strip() for one in found["values"].split(",")], strict=False):
        place = _PLACE.fullmatch(value)
        values.append(value if place is None else given.take(place, column))
    if len(values) != len(columns) or not given.types:
        return None
    text = f"INSERT INTO {found['table']} ({found['columns']}) SELECT {', '.join(values)} FROM {given.source()}"
    return given.statement(text + found["conflict"])


def _change(table: str, head: str, change: str, joined_by: str, condition: str) -> SetStatement | None:
    if " RETURNING " in condition:
        return None
    given = _Given(table)
    changed = _taken(given, change)
    of_change = len(given.types)
    compared = _taken(given, condition)
    if changed is None or compared is None or " OR " in condition:
        return None
    identity = tuple(place for place in given.equal if place >= of_change) if change else ()
    if change and not identity:
        return None
    return given.statement(f"{head}{changed}{joined_by}{given.source()} WHERE {compared}", identity)


def _taken(given: "_Given", text: str) -> str | None:
    """The text with its parameters taken from what is given; None if one's type can't be told."""
    parts: list[str] = []
    end = 0
    for place in _PLACE.finditer(text):
        compared = _COMPARED.search(text, 0, place.start())
        if compared is None or not given.knows(compared["column"]):
            return None
        parts += [text[end : place.start()], given.take(place, compared["column"], compared["how"] == "=")]
        end = place.end()
    return "".join([*parts, text[end:]])


class _Given:
    """The rows that are given, as a table of one's own beside the one that is changed."""

    def __init__(self, table: str) -> None:
        self._columns = metadata.tables[table].columns
        self.types: list[str] = []
        self.equal: list[int] = []
        self._names: list[str | None] = []

    def knows(self, column: str) -> bool:
        return column in self._columns

    def take(self, place: re.Match[str], column: str, is_equal: bool = False) -> str:
        name = place["name"]
        if name is not None and name in self._names:
            number = self._names.index(name)
        else:
            number = len(self.types)
            self.types.append(self._columns[column].type.compile(_dialect))
            self._names.append(name)
        if is_equal:
            self.equal.append(number)
        return f"given.p{number}"

    def source(self) -> str:
        arrays = ", ".join(f"%s::{type_}[]" for type_ in self.types)
        return f"unnest({arrays}) AS given ({', '.join(f'p{number}' for number in range(len(self.types)))})"

    def statement(self, text: str, identity: tuple[int, ...] = ()) -> SetStatement:
        names = tuple(name for name in self._names if name is not None)
        escaped = text.replace("%", "%%").replace("%%s::", "%s::")
        return SetStatement(escaped, names if len(names) == len(self._names) else None, identity)
