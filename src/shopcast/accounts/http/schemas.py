"""What accounts takes and gives as JSON."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from shopcast.accounts.organisations.model import Kind, Organisation, Role
from shopcast.accounts.people.model import Person
from shopcast.accounts.people.register_person import Account
from shopcast.kernel.errors import Language

# Far above every limit of the fields; the domain's own refusals are clearer than a schema's.
Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class RegisterRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Text
    password: Text
    display_name: Text
    account: Account = "shopper"
    organisation_name: Text | None = None
    country: Text | None = None
    currency: Text | None = None


class LoginRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Text
    password: Text


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """As the person sees themself."""

    id: str
    email: str
    email_verified: bool
    display_name: str
    language: Language
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> "PersonView":
        return cls(
            id=person.id,
            email=person.email,
            email_verified=person.email_verified,
            display_name=person.display_name,
            language=person.language,
            created_at=person.created_at,
        )


class MyOrganisation(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    name: str
    slug: str
    currency: str
    role: Role


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking. `csrf` is what unsafe requests send as X-CSRF-Token: the value of the cookie shopcast_csrf, empty
    on the very first request, whose answer sets that cookie."""

    person: PersonView | None
    guest_id: str | None
    organisations: list[MyOrganisation]
    is_operator: bool
    language: Language
    csrf: str


class ProfileRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    display_name: Text | None = None
    language: Language | None = None


class PasswordChangeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    current: Text
    new: Text


class ResetRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Text


class NewPasswordRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    password: Text


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class AddressRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Text
    line1: Text
    line2: Text = ""
    city: Text
    region: Text = ""
    postal_code: Text = ""
    country: Text
    phone: Text = ""
    is_default: bool = False


class OrganisationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["seller", "agency", "host"]
    name: Text
    country: Text
    currency: Text
    legal_identity: Text = ""


class OrganisationChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Text | None = None
    country: Text | None = None
    legal_identity: Text | None = None


class OrganisationView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    name: str
    slug: str
    currency: str
    country: str
    legal_identity: str
    created_at: datetime

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationView":
        return cls(**msgspec.structs.asdict(organisation))


class InvitationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    email: Text
    role: Text


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class RoleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Text


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The same answer whether or not there was anything to do."""

    accepted: bool = True
