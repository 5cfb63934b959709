"""Spreads an amount over lines to the last minor unit. Knows nothing but integers.

Largest remainder, ties by the order of the lines, capped at what each line can take, the excess spread again
(docs/algorithms/pricing.md).
"""

from collections.abc import Sequence


def percent_of(amount_minor: int, basis_points: int) -> int:
    """Rounded once, half up."""
    return (2 * amount_minor * basis_points + 10_000) // 20_000


def distribute(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Parts in proportion to `weights`, none above its cap, whose sum is exactly `min(total, sum(caps))`.

    Weights and caps are zero or more. What a weightless line can take is used last, in proportion to its cap.
    """
    parts = [0] * len(weights)
    remaining = min(total, sum(caps))
    weighted = [index for index, weight in enumerate(weights) if weight > 0 and caps[index] > 0]
    remaining = _fill(parts, remaining, weighted, weights, caps)
    if remaining:
        weightless = [index for index, weight in enumerate(weights) if weight == 0 and caps[index] > 0]
        _fill(parts, remaining, weightless, caps, caps)
    return parts


def distribute_above(total: int, amounts: Sequence[int], minima: Sequence[int]) -> list[int]:
    """In proportion to `amounts`, leaving each at its minimum or above."""
    return distribute(total, amounts, [max(0, amount - low) for amount, low in zip(amounts, minima, strict=True)])


def _fill(parts: list[int], remaining: int, opened: list[int], weights: Sequence[int], caps: Sequence[int]) -> int:
    """What is left when all opened lines are full. Each round fills at least one line or is the last."""
    while opened and remaining > 0:
        shares = _largest_remainder(remaining, [weights[index] for index in opened])
        full = [index for index, share in zip(opened, shares, strict=True) if share > caps[index]]
        if not full:
            for index, share in zip(opened, shares, strict=True):
                parts[index] = share
            return 0
        for index in full:
            parts[index] = caps[index]
            remaining -= caps[index]
        closed = set(full)
        opened = [index for index in opened if index not in closed]
    return remaining


def _largest_remainder(total: int, weights: list[int]) -> list[int]:
    whole = sum(weights)
    divided = [divmod(total * weight, whole) for weight in weights]
    shares = [quotient for quotient, _ in divided]
    left_over = total - sum(shares)
    if left_over:
        # Sorting is stable: of equal remainders the earlier line comes first.
        by_remainder = sorted(range(len(weights)), key=lambda index: -divided[index][1])
        for index in by_remainder[:left_over]:
            shares[index] += 1
    return shares
