"""Organisations, their people, invitations and audit trail."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter

from shopcast.accounts.audit.queries import AuditRow, audit_rows
from shopcast.accounts.http.schemas import (
    InvitationRequest,
    InvitationView,
    OrganisationChanges,
    OrganisationRequest,
    OrganisationView,
    RoleRequest,
)
from shopcast.accounts.organisations.accept_invitation import AcceptInvitation
from shopcast.accounts.organisations.change_members import ChangeRole, RemoveMember
from shopcast.accounts.organisations.change_organisation import ChangeOrganisation
from shopcast.accounts.organisations.create_organisation import CreateOrganisation
from shopcast.accounts.organisations.invite_member import InviteMember, RevokeInvitation
from shopcast.accounts.organisations.model import MANAGING_ROLES, Invitation, Member, Organisation
from shopcast.accounts.organisations.queries import (
    members_of,
    open_invitations,
    organisation,
    require_operator,
    require_role,
)
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.ids import digest
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

_HOUR_S = 3600.0
# Founding organisations and inviting strangers are rare; a script is not.
_ORGANISATIONS_PER_PERSON = 10
_INVITATIONS_PER_ORGANISATION = 50


@post("/v1/organisations", operation_id="create_organisation", status_code=201)
async def create_organisation(
    data: JSONBody[OrganisationRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> OrganisationView:
    person_id = principal.require_person()
    require_rate(limits, f"accounts.found:{person_id}", _ORGANISATIONS_PER_PERSON, _HOUR_S)
    founded: Organisation = await actions.run(
        CreateOrganisation(
            kind=data.kind,
            name=data.name,
            country=data.country,
            currency=data.currency,
            legal_identity=data.legal_identity,
        ),
        principal,
    )
    return OrganisationView.of(founded)


@get("/v1/organisations/{organisation_id:str}", operation_id="get_organisation")
async def get_organisation(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> OrganisationView:
    await reads.run(require_role, principal, organisation_id)
    return OrganisationView.of(await reads.run(organisation, organisation_id))


@patch("/v1/organisations/{organisation_id:str}", operation_id="change_organisation")
async def change_organisation(
    organisation_id: FromPath[str],
    data: JSONBody[OrganisationChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> OrganisationView:
    changed: Organisation = await actions.run(
        ChangeOrganisation(
            organisation_id=organisation_id,
            name=data.name,
            country=data.country,
            legal_identity=data.legal_identity,
        ),
        principal,
    )
    return OrganisationView.of(changed)


@get("/v1/organisations/{organisation_id:str}/members", operation_id="list_members")
async def list_members(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> Page[Member]:
    await reads.run(require_role, principal, organisation_id)
    return Page(items=await reads.run(members_of, organisation_id))


@patch("/v1/organisations/{organisation_id:str}/members/{person_id:str}", operation_id="change_role", status_code=204)
async def change_role(
    organisation_id: FromPath[str],
    person_id: FromPath[str],
    data: JSONBody[RoleRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> None:
    await actions.run(ChangeRole(organisation_id=organisation_id, person_id=person_id, role=data.role), principal)


@delete(
    "/v1/organisations/{organisation_id:str}/members/{person_id:str}", operation_id="remove_member", status_code=204
)
async def remove_member(
    organisation_id: FromPath[str],
    person_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> None:
    await actions.run(RemoveMember(organisation_id=organisation_id, person_id=person_id), principal)


@get("/v1/organisations/{organisation_id:str}/invitations", operation_id="list_invitations")
async def list_invitations(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[InvitationView]:
    await reads.run(require_role, principal, organisation_id, *MANAGING_ROLES)
    invited = await reads.run(open_invitations, organisation_id, clock.now())
    return Page(items=[_invitation(invitation) for invitation in invited])


@post("/v1/organisations/{organisation_id:str}/invitations", operation_id="invite_member", status_code=201)
async def invite_member(
    organisation_id: FromPath[str],
    data: JSONBody[InvitationRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
) -> InvitationView:
    await reads.run(require_role, principal, organisation_id, *MANAGING_ROLES)
    require_rate(limits, f"accounts.invite:{organisation_id}", _INVITATIONS_PER_ORGANISATION, _HOUR_S)
    invited: Invitation = await actions.run(
        InviteMember(organisation_id=organisation_id, email=data.email, role=data.role), principal
    )
    return _invitation(invited)


@delete(
    "/v1/organisations/{organisation_id:str}/invitations/{invitation_id:str}",
    operation_id="revoke_invitation",
    status_code=204,
)
async def revoke_invitation(
    organisation_id: FromPath[str],
    invitation_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> None:
    await actions.run(RevokeInvitation(organisation_id=organisation_id, invitation_id=invitation_id), principal)


@post("/v1/invitations/{token:str}/accept", operation_id="accept_invitation", status_code=200)
async def accept_invitation(
    token: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
    address: Injected[str],
) -> OrganisationView:
    require_rate(limits, f"accounts.link:{address}", 60, _HOUR_S)
    joined: Organisation = await actions.run(AcceptInvitation(token_digest=digest(token)), principal)
    return OrganisationView.of(joined)


@get("/v1/audit", operation_id="list_audit")
async def list_audit(
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    organisation_id: Annotated[str | None, QueryParameter(name="organisation_id", max_length=40)] = None,
) -> Page[AuditRow]:
    """Of one organisation, for its owners and managers; of everything, for operators."""
    await reads.run(_require_auditor, principal, organisation_id)
    before = page.after(tuple[str])
    rows = await reads.run(audit_rows, organisation_id, before[0] if before else None, page.limit + 1)
    shown = rows[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(rows) > page.limit else None)


def _require_auditor(conn: ReadConnection, by: Principal, organisation_id: str | None) -> None:
    if organisation_id is None or by.is_operator:
        require_operator(by)
    else:
        require_role(conn, by, organisation_id, *MANAGING_ROLES)


def _invitation(invited: Invitation) -> InvitationView:
    return InvitationView(
        id=invited.id,
        email=invited.email,
        role=invited.role,
        created_at=invited.created_at,
        expires_at=invited.expires_at,
    )


ORGANISATION_ROUTES = [
    create_organisation,
    get_organisation,
    change_organisation,
    list_members,
    change_role,
    remove_member,
    list_invitations,
    invite_member,
    revoke_invitation,
    accept_invitation,
    list_audit,
]
