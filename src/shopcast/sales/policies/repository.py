"""SQL of selling policies: versions are added, never changed."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.sales.policies.model import ReturnShipping, SellingMode, SellingPolicy, TaxMode, built_in_policy
from shopcast.sales.tables import selling_policy

# Built once: it runs for every hold's preview, and building it costs more than running it.
NEWEST = (
    select(selling_policy)
    .where(selling_policy.c.organisation_id == bindparam("organisation_id"))
    .order_by(selling_policy.c.version.desc())
    .limit(1)
)


def policy_of(conn: ReadConnection, organisation_id: str) -> SellingPolicy:
    """The newest version, or the built-in one. Raises NotFound for an unknown organisation."""
    row = conn.execute(NEWEST, {"organisation_id": organisation_id}).first()
    if row is None:
        seller = accounts.organisation(conn, organisation_id)
        return built_in_policy(seller.id, seller.country, seller.currency)
    return SellingPolicy(
        organisation_id=row.organisation_id,
        version=row.version,
        ships_from=row.ships_from,
        tax_mode=TaxMode(row.tax_mode),
        zones=row.zones,
        terms=row.terms,
        hold_minutes=row.hold_minutes,
        selling_mode=SellingMode(row.selling_mode),
        return_days=row.return_days,
        return_shipping=ReturnShipping(row.return_shipping),
    )


def add_version(tx: Tx, policy: SellingPolicy, created_by: str, now: datetime) -> None:
    tx.execute(
        insert(selling_policy).values(
            organisation_id=policy.organisation_id,
            version=policy.version,
            ships_from=policy.ships_from,
            tax_mode=policy.tax_mode.value,
            zones=policy.zones,
            terms=policy.terms,
            hold_minutes=policy.hold_minutes,
            selling_mode=policy.selling_mode.value,
            return_days=policy.return_days,
            return_shipping=policy.return_shipping.value,
            created_at=now,
            created_by=created_by,
        )
    )
