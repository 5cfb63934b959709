"""A price was typed wrong: the item is stopped at once, and its orders wait a minute to be honoured or paid back."""

from datetime import datetime, timedelta

import msgspec

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import MistakeUnderway, TooLateToUndo
from shopcast.sales.price_mistakes import repository
from shopcast.sales.price_mistakes.model import SPAN_LIMIT, START_AFTER, MistakeState, MistakeView, Remedy
from shopcast.sales.price_mistakes.repository import Mistake

SETTLE_JOB = "sales.settle_price_mistake"
# The clock of whoever typed the span may be a little ahead.
_AHEAD = timedelta(minutes=5)
_SHELVED = ("draft", "scheduled", "rehearsal", "live", "interrupted")


class SettleMistake(msgspec.Struct, frozen=True):
    """Payload of the job."""

    mistake_id: str


class CorrectPrice(Command, frozen=True, kw_only=True):
    """Orders of the variant held at `wrong_price_minor` from `from_at` up to `to_at`, of one show or of all."""

    organisation_id: str
    show_id: str | None
    item_id: str | None
    variant_id: str
    wrong_price_minor: int
    from_at: datetime
    to_at: datetime
    remedy: Remedy
    stop_item: bool


class UndoCorrection(Command, frozen=True, kw_only=True):
    organisation_id: str
    mistake_id: str


def correct_price(tx: Tx, command: CorrectPrice, by: Principal, now: datetime) -> str:
    """The run's id. Raises MistakeUnderway, InvalidInput."""
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager")
    variant = sellers_variant(tx, command.organisation_id, command.variant_id)
    check_span(command.from_at, command.to_at, now)
    wrong = Money(command.wrong_price_minor, variant.currency)
    stopped = command.stop_item and _stop(tx, command, by, now)
    orders, _, _ = repository.totals(
        tx, command.organisation_id, variant.id, wrong, command.from_at, command.to_at, command.show_id
    )
    view = MistakeView(
        id=new_id("mis"),
        show_id=command.show_id,
        item_id=command.item_id,
        variant_id=variant.id,
        title=" ".join(part for part in (variant.product_title, variant.title) if part),
        wrong_price=wrong,
        from_at=command.from_at,
        to_at=command.to_at,
        remedy=command.remedy,
        state=MistakeState.WAITING,
        item_stopped=stopped,
        orders=orders,
        settled=0,
        skipped=0,
        created_at=now,
        starts_at=now + START_AFTER,
        finished_at=None,
    )
    if repository.overlaps(tx, command.organisation_id, view):
        raise MistakeUnderway()
    repository.insert_mistake(tx, command.organisation_id, view, by.key)
    tx.enqueue(SETTLE_JOB, SettleMistake(mistake_id=view.id), run_at=view.starts_at, key=view.id)
    tx.audit(
        by,
        "sales.correct_price",
        view.id,
        {
            "organisation_id": command.organisation_id,
            "variant_id": variant.id,
            "wrong_price_minor": wrong.amount_minor,
            "remedy": view.remedy.value,
            "orders": orders,
        },
    )
    return view.id


def undo_correction(tx: Tx, command: UndoCorrection, by: Principal, now: datetime) -> None:
    """Before the first order is touched. Raises TooLateToUndo."""
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager")
    found = sellers_mistake(tx, command.organisation_id, command.mistake_id)
    if not repository.move(tx, found.view.id, MistakeState.WAITING, MistakeState.UNDONE, now):
        raise TooLateToUndo()
    view = found.view
    if view.item_stopped and view.show_id is not None and view.item_id is not None:
        _set_hidden(tx, view.show_id, view.item_id, False, by, now)
    tx.audit(by, "sales.undo_price_correction", view.id, {"organisation_id": command.organisation_id})


def sellers_mistake(conn: ReadConnection, organisation_id: str, mistake_id: str) -> Mistake:
    found = repository.mistake_of(conn, mistake_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound("price_mistake")
    return found


def sellers_variant(conn: ReadConnection, organisation_id: str, variant_id: str) -> catalog.Variant:
    variant = catalog.variant(conn, variant_id)
    if variant.organisation_id != organisation_id:
        raise NotFound("variant")
    return variant


def check_span(from_at: datetime, to_at: datetime, now: datetime) -> None:
    if from_at.tzinfo is None or to_at.tzinfo is None:
        raise InvalidInput("from_at", "it has the wrong form")
    if not timedelta() < to_at - from_at <= SPAN_LIMIT or to_at > now + _AHEAD:
        raise InvalidInput("to_at", "it is out of range")


def _stop(tx: Tx, command: CorrectPrice, by: Principal, now: datetime) -> bool:
    """Off the shelf before anything else; in a replay nothing is on the shelf to be hidden."""
    if command.show_id is None or command.item_id is None:
        return False
    return _set_hidden(tx, command.show_id, command.item_id, True, by, now)


def _set_hidden(tx: Tx, show_id: str, item_id: str, hidden: bool, by: Principal, now: datetime) -> bool:
    item = shows.shelf_item(tx, item_id)
    if item.show_id != show_id or item.hidden == hidden or item.show_state not in _SHELVED:
        return False
    shows.edit_item(tx, shows.EditItem(show_id=show_id, item_id=item_id, hidden=hidden), by, now)
    return True
