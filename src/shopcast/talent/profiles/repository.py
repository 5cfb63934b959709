"""SQL of host profiles."""

from datetime import datetime

from sqlalchemy import insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.talent import tables


def profile(conn: ReadConnection, person_id: str) -> tuple[str, list[str], list[str]]:
    """Bio, languages, categories; empty ones for somebody who has said nothing yet."""
    found = conn.execute(select(tables.host_profile).where(tables.host_profile.c.person_id == person_id)).first()
    return ("", [], []) if found is None else (found.bio, found.languages, found.categories)


def save_profile(tx: Tx, person_id: str, bio: str, languages: list[str], categories: list[str], now: datetime) -> None:
    row = tables.host_profile
    values = {"bio": bio, "languages": languages, "categories": categories, "changed_at": now}
    done = tx.execute(update(row).where(row.c.person_id == person_id).values(values))
    if done.rowcount == 0:
        tx.execute(insert(row).values(person_id=person_id, **values))
