"""Verbs that hold, claim, release and return stock as sales does, without sales."""

from datetime import datetime

from shopcast.catalog import claim_stock, hold_stock, release_stock, return_stock
from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.principal import Principal


class Hold(Command, frozen=True, kw_only=True):
    demand: dict[str, int]


class Claim(Command, frozen=True, kw_only=True):
    demand: dict[str, int]


class Release(Command, frozen=True, kw_only=True):
    demand: dict[str, int]


class Return(Command, frozen=True, kw_only=True):
    demand: dict[str, int]


def hold(tx: Tx, command: Hold, by: Principal, now: datetime) -> None:
    hold_stock(tx, command.demand)


def claim(tx: Tx, command: Claim, by: Principal, now: datetime) -> None:
    claim_stock(tx, command.demand)


def release(tx: Tx, command: Release, by: Principal, now: datetime) -> None:
    release_stock(tx, command.demand)


def give_back(tx: Tx, command: Return, by: Principal, now: datetime) -> None:
    return_stock(tx, command.demand)


STOCK_VERBS = (
    ActionSpec("test.hold", Hold, hold),
    ActionSpec("test.claim", Claim, claim),
    ActionSpec("test.release", Release, release),
    ActionSpec("test.return", Return, give_back),
)
