"""Counts people without keeping them: HyperLogLog over the keys of one room; pure.

A key is a hash with the room's own salt already (`public_key`), so sketches of two rooms cannot be compared. Estimator:
O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6. With 4,096 registers the
standard error is 1.04/sqrt(4096) = 1.6 %; up to some dozens of people it is off by one at most. Merging is a maximum,
so a sketch may arrive twice, late, and from any number of processes.
"""

import math
import zlib
from collections.abc import Iterable
from typing import Final

_INDEX_BITS: Final = 12
REGISTERS: Final = 1 << _INDEX_BITS
# What is left of 64 bits of hash.
_RANK_BITS: Final = 64 - _INDEX_BITS
STANDARD_ERROR: Final = 1.04 / math.sqrt(REGISTERS)
# Packed: a handful of people is 40 bytes, a full house 2.5 KB.
PACKED_LIMIT_BYTES: Final = REGISTERS + 64


class Sketch:
    """Grows by `add` and `merge`; never shrinks, and cannot be asked who is in it."""

    __slots__ = ("_registers",)

    def __init__(self, registers: bytearray | None = None) -> None:
        self._registers = bytearray(REGISTERS) if registers is None else registers

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Sketch":
        sketch = cls()
        sketch.add_all(keys)
        return sketch

    @classmethod
    def unpack(cls, packed: bytes) -> "Sketch":
        """Raises ValueError for what is no sketch."""
        if len(packed) > PACKED_LIMIT_BYTES:
            raise ValueError("no sketch is that long")
        try:
            inflater = zlib.decompressobj()
            registers = bytearray(inflater.decompress(packed, REGISTERS + 1))
        except zlib.error as error:
            raise ValueError("this is no sketch") from error
        if len(registers) != REGISTERS or max(registers) > _RANK_BITS + 1:
            raise ValueError("this is no sketch")
        return cls(registers)

    def pack(self) -> bytes:
        return zlib.compress(bytes(self._registers), 6)

    def add(self, key: str) -> None:
        """`key` is 16 hexadecimal digits, evenly spread."""
        self.add_all((key,))

    def add_all(self, keys: Iterable[str]) -> None:
        registers = self._registers
        for key in keys:
            number = int(key, 16)
            rank = _RANK_BITS - (number & _RANK_MASK).bit_length() + 1
            index = number >> _RANK_BITS
            if rank > registers[index]:
                registers[index] = rank

    def merge(self, other: "Sketch") -> None:
        self._registers = bytearray(map(max, self._registers, other._registers))

    def count(self) -> int:
        return round(self._estimate())

    @property
    def is_empty(self) -> bool:
        return not any(self._registers)

    def _estimate(self) -> float:
        amounts = [0] * (_RANK_BITS + 2)
        for rank in self._registers:
            amounts[rank] += 1
        if amounts[0] == REGISTERS:
            return 0.0
        z = REGISTERS * _tau(1 - amounts[_RANK_BITS + 1] / REGISTERS)
        for amount in reversed(amounts[1 : _RANK_BITS + 1]):
            z = 0.5 * (z + amount)
        z += REGISTERS * _sigma(amounts[0] / REGISTERS)
        return REGISTERS * REGISTERS / (2 * math.log(2) * z)


_RANK_MASK: Final = (1 << _RANK_BITS) - 1


def _sigma(share: float) -> float:
    step, total = 1.0, share
    while True:
        share *= share
        before, total = total, total + share * step
        step += step
        if total == before:
            return total


def _tau(share: float) -> float:
    if share in (0.0, 1.0):
        return 0.0
    step, total = 1.0, 1 - share
    while True:
        share = math.sqrt(share)
        step *= 0.5
        before, total = total, total - (1 - share) ** 2 * step
        if total == before:
            return total / 3
