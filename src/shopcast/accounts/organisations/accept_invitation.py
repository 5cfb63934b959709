"""Joins an organisation by the link of an invitation, signed in with the address it was sent to."""

from datetime import datetime

from shopcast.accounts.errors import InvitationForAnotherAddress
from shopcast.accounts.organisations import repository
from shopcast.accounts.organisations.model import Organisation
from shopcast.accounts.organisations.queries import organisation
from shopcast.accounts.people.model import email_key
from shopcast.accounts.people.queries import person
from shopcast.accounts.people.repository import mark_email_verified
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class AcceptInvitation(Command, frozen=True, kw_only=True):
    token_digest: str


def accept_invitation(tx: Tx, command: AcceptInvitation, by: Principal, now: datetime) -> Organisation:
    """Raises LinkExpired, InvitationForAnotherAddress, AlreadyMember."""
    joining = person(tx, by.require_person())
    accepted = repository.accept_invitation(tx, command.token_digest, email_key(joining.email), now)
    if accepted is None:
        raise InvitationForAnotherAddress()
    organisation_id, role = accepted
    repository.add_member(tx, organisation_id, joining.id, role, now)
    # The link came by mail, so the mailbox is theirs.
    mark_email_verified(tx, joining.id, now)
    tx.audit(by, "accounts.invitation_accepted", organisation_id, {"person_id": joining.id, "role": role})
    return organisation(tx, organisation_id)
