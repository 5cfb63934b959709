"""SQL that writes organisations, members and invitations."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from shopcast.accounts.errors import AlreadyMember, LastOwner, LinkExpired, TooManyOrganisations
from shopcast.accounts.events import MembershipChanged
from shopcast.accounts.organisations.model import (
    NAME_LIMIT,
    SLUG_LIMIT,
    Kind,
    Organisation,
    Role,
    clean_country,
    slug_of,
)
from shopcast.accounts.organisations.queries import MEMBERSHIPS_LIMIT, organisation_by_slug, role_of
from shopcast.accounts.tables import invitation, member, organisation
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import minor_digits
from shopcast.kernel.text import clean_line

# A week: long enough for a holiday weekend, short enough that a forgotten mail is no door.
INVITATION_VALID = timedelta(days=7)
# "anna", "anna-2", … "anna-20"; after that the id's own characters make it unique.
_SLUG_TRIES = 20


def found_organisation(
    tx: Tx, kind: Kind, name: str, country: str, currency: str, owner_id: str, now: datetime, legal_identity: str = ""
) -> Organisation:
    """Raises InvalidInput (name, currency) and CountryUnknown."""
    minor_digits(currency)
    clean_name = clean_line(name, NAME_LIMIT, "organisation_name")
    organisation_id = new_id("org")
    founded = Organisation(
        id=organisation_id,
        kind=kind,
        name=clean_name,
        slug=_free_slug(tx, clean_name, organisation_id),
        currency=currency,
        country=clean_country(country),
        legal_identity=legal_identity,
        created_at=now,
    )
    tx.execute(
        insert(organisation).values(
            id=founded.id,
            kind=kind,
            name=founded.name,
            slug=founded.slug,
            currency=currency,
            country=founded.country,
            legal_identity=legal_identity,
            created_at=now,
        )
    )
    add_member(tx, founded.id, owner_id, "owner", now)
    return founded


def change_organisation(tx: Tx, organisation_id: str, changes: Mapping[str, str]) -> None:
    if changes:
        tx.execute(update(organisation).where(organisation.c.id == organisation_id).values(**changes))


def add_member(tx: Tx, organisation_id: str, person_id: str, role: Role, now: datetime) -> None:
    """Raises AlreadyMember, TooManyOrganisations."""
    if role_of(tx, person_id, organisation_id) is not None:
        raise AlreadyMember()
    held = tx.execute(select(func.count()).where(member.c.person_id == person_id)).scalar_one()
    if held >= MEMBERSHIPS_LIMIT:
        raise TooManyOrganisations(limit=MEMBERSHIPS_LIMIT)
    tx.execute(insert(member).values(organisation_id=organisation_id, person_id=person_id, role=role, since=now))
    tx.record(MembershipChanged(organisation_id=organisation_id, person_id=person_id, role=role))


def change_role(tx: Tx, organisation_id: str, person_id: str, role: Role) -> None:
    """Raises LastOwner."""
    _keep_an_owner(tx, organisation_id, person_id, role)
    tx.execute(
        update(member)
        .where(member.c.organisation_id == organisation_id, member.c.person_id == person_id)
        .values(role=role)
    )
    tx.record(MembershipChanged(organisation_id=organisation_id, person_id=person_id, role=role))


def remove_member(tx: Tx, organisation_id: str, person_id: str) -> None:
    """Raises LastOwner."""
    _keep_an_owner(tx, organisation_id, person_id, None)
    tx.execute(delete(member).where(member.c.organisation_id == organisation_id, member.c.person_id == person_id))
    tx.record(MembershipChanged(organisation_id=organisation_id, person_id=person_id, role=None))


def add_invitation(
    tx: Tx,
    organisation_id: str,
    email: str,
    email_key: str,
    role: Role,
    language: str,
    invited_by: str,
    now: datetime,
) -> str:
    """Replaces an open invitation of the same address."""
    tx.execute(
        update(invitation)
        .where(
            invitation.c.organisation_id == organisation_id,
            invitation.c.email_key == email_key,
            invitation.c.accepted_at.is_(None),
            invitation.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    invitation_id = new_id("inv")
    tx.execute(
        insert(invitation).values(
            id=invitation_id,
            organisation_id=organisation_id,
            email=email,
            email_key=email_key,
            role=role,
            language=language,
            invited_by=invited_by,
            created_at=now,
            expires_at=now + INVITATION_VALID,
        )
    )
    return invitation_id


def set_invitation_digest(tx: Tx, invitation_id: str, digest: str) -> None:
    tx.execute(update(invitation).where(invitation.c.id == invitation_id).values(digest=digest))


def accept_invitation(tx: Tx, digest: str, email_key: str, now: datetime) -> tuple[str, Role] | None:
    """The organisation and role; None when it was sent to another address. Raises LinkExpired."""
    row = tx.execute(
        select(invitation).where(
            invitation.c.digest == digest,
            invitation.c.accepted_at.is_(None),
            invitation.c.revoked_at.is_(None),
            invitation.c.expires_at > now,
        )
    ).first()
    if row is None:
        raise LinkExpired()
    if row.email_key != email_key:
        return None
    tx.execute(update(invitation).where(invitation.c.id == row.id).values(accepted_at=now))
    return row.organisation_id, row.role


def revoke_invitation(tx: Tx, organisation_id: str, invitation_id: str, now: datetime) -> None:
    """Raises NotFound."""
    revoked = tx.execute(
        update(invitation)
        .where(
            invitation.c.id == invitation_id,
            invitation.c.organisation_id == organisation_id,
            invitation.c.accepted_at.is_(None),
            invitation.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount
    if not revoked:
        raise NotFound("invitation")


def _keep_an_owner(tx: Tx, organisation_id: str, person_id: str, role: Role | None) -> None:
    others = tx.execute(
        select(func.count()).where(
            member.c.organisation_id == organisation_id, member.c.role == "owner", member.c.person_id != person_id
        )
    ).scalar_one()
    if role != "owner" and others == 0 and role_of(tx, person_id, organisation_id) == "owner":
        raise LastOwner()


def _free_slug(tx: Tx, name: str, organisation_id: str) -> str:
    unique = organisation_id[-10:].lower()
    stem = slug_of(name)
    if not stem:
        return f"shop-{unique}"
    for number in range(1, _SLUG_TRIES + 1):
        slug = stem if number == 1 else f"{stem[: SLUG_LIMIT - 3]}-{number}"
        if organisation_by_slug(tx, slug) is None:
            return slug
    return f"{stem[: SLUG_LIMIT - 11]}-{unique}"
