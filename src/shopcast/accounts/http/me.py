"""Puts together what a person (or guest) is told about themself."""

from shopcast.accounts.http.schemas import Me, MyOrganisation, PersonView
from shopcast.accounts.organisations.queries import organisations_of
from shopcast.accounts.people.queries import person
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.web_support.context import AnyRequest
from shopcast.web_support.sessions import CSRF_COOKIE


def me_of(conn: ReadConnection, by: Principal, request: AnyRequest) -> Me:
    memberships = organisations_of(conn, by.person_id) if by.person_id else []
    return Me(
        person=PersonView.of(person(conn, by.person_id)) if by.person_id else None,
        guest_id=by.guest_id,
        organisations=[
            MyOrganisation(
                id=held.organisation.id,
                kind=held.organisation.kind,
                name=held.organisation.name,
                slug=held.organisation.slug,
                currency=held.organisation.currency,
                role=held.role,
            )
            for held in memberships
        ],
        is_operator=any(held.organisation.kind == "platform" for held in memberships),
        language=by.language,
        csrf=request.cookies.get(CSRF_COOKIE, ""),
    )


def person_principal(conn: ReadConnection, person_id: str, session_id: str | None) -> Principal:
    """Somebody who has just signed in, for the answer to that request."""
    return Principal(person_id=person_id, session_id=session_id, language=person(conn, person_id).language)
