"""Owns who acts: a person, a guest or the system, with the roles they hold. Knows no session store."""

import msgspec

from shopcast.kernel.errors import Language, Unauthenticated


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str | None = None
    guest_id: str | None = None
    session_id: str | None = None
    organisation_roles: tuple[tuple[str, str], ...] = ()
    is_operator: bool = False
    language: Language = "en"
    system: bool = False

    @property
    def key(self) -> str:
        """The id rows are filed under: "usr_…", "gst_…", "system", or "anonymous" for somebody without a cookie."""
        if self.system:
            return "system"
        return self.person_id or self.guest_id or "anonymous"

    def role_in(self, organisation_id: str) -> str | None:
        return next((role for held_in, role in self.organisation_roles if held_in == organisation_id), None)

    def require_person(self) -> str:
        """The person's id, or Unauthenticated."""
        if self.person_id is None:
            raise Unauthenticated()
        return self.person_id


SYSTEM = Principal(system=True)
