"""A show's numbers, and every counted fact as CSV."""

import csv
import io
from collections.abc import Sequence

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast import rooms, shows
from shopcast.analytics.facts.model import Fact
from shopcast.analytics.facts.repository import facts_of
from shopcast.analytics.numbers.model import ItemName, Numbers, Viewers, numbers_of
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.money import minor_digits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected


@get("/v1/shows/{show_id:str}/numbers", operation_id="getShowNumbers", tags=["analytics"])
async def get_numbers(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], settings: Injected[Settings]
) -> Numbers:
    return await reads.run(_numbers, show_id, principal, settings)


@get("/v1/shows/{show_id:str}/numbers.csv", operation_id="exportShowNumbers", tags=["analytics"])
async def export_numbers(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> Response[str]:
    facts = await reads.run(_facts, show_id, principal)
    headers = {"Content-Disposition": f'attachment; filename="{show_id}-numbers.csv"'}
    return Response(_as_csv(facts), media_type="text/csv", headers=headers)


def _numbers(conn: ReadConnection, show_id: str, principal: Principal, settings: Settings) -> Numbers:
    shows.require_right(conn, principal, show_id, "staff")
    show = shows.show(conn, show_id)
    facts = facts_of(conn, show_id)
    viewers = [
        Viewers(at=sample.at, concurrent=sample.concurrent, unique=sample.unique_so_far)
        for sample in rooms.presence_samples(conn, show.room_id)
    ]
    items = [ItemName(item_id=item.id, number=item.number, title=item.title) for item in shows.items_of(conn, show_id)]
    currency = next((fact.currency for fact in facts if fact.currency), settings.currency)
    return numbers_of(show_id, facts, viewers, items, currency)


def _facts(conn: ReadConnection, show_id: str, principal: Principal) -> list[Fact]:
    shows.require_right(conn, principal, show_id, "staff")
    return facts_of(conn, show_id)


def _as_csv(facts: Sequence[Fact]) -> str:
    """UTF-8 with a byte-order mark, since spreadsheets guess otherwise."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(("at", "kind", "item_number", "quantity", "amount", "currency", "source", "open_to_paid_ms"))
    for fact in facts:
        write(
            (
                fact.at.isoformat(),
                fact.kind,
                fact.item_number or "",
                fact.quantity,
                _decimal(fact.amount_minor, fact.currency),
                fact.currency or "",
                fact.source or "",
                "" if fact.open_to_paid_ms is None else fact.open_to_paid_ms,
            )
        )
    return "\ufeff" + out.getvalue()


def _decimal(amount_minor: int, currency: str | None) -> str:
    digits = minor_digits(currency) if currency else 2
    if digits == 0:
        return str(amount_minor)
    whole, rest = divmod(abs(amount_minor), 10**digits)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{rest:0{digits}d}"


ROUTES: Sequence[ControllerRouterHandler] = (get_numbers, export_numbers)
