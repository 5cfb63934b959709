"""Who may restrict whom: managers for their organisation, operators of the installation for the whole platform."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.restrictions.model import PLATFORM


def require_restricting(conn: ReadConnection, by: Principal, organisation_id: str) -> str:
    """The scope of what they set: the organisation's id, or the whole platform when it is the operators' own."""
    if by.is_operator and accounts.organisation(conn, organisation_id).kind == "platform":
        return PLATFORM
    accounts.require_role(conn, by, organisation_id, *accounts.MANAGING_ROLES)
    if accounts.organisation(conn, organisation_id).kind == "platform":
        raise NotFound("organisation")
    return organisation_id
