"""What accounts tells others, after commit."""

from shopcast.kernel.events import Event


class PersonRegistered(Event, frozen=True, kw_only=True, tag="accounts.person_registered"):
    person_id: str


class GuestClaimed(Event, frozen=True, kw_only=True, tag="accounts.guest_claimed"):
    """What was filed under `guest_key` ("gst_…") belongs to the person from now on. Told again
    when the same person signs in once more with that cookie; nobody else ever gets it."""

    guest_key: str
    person_id: str


class OrganisationChanged(Event, frozen=True, kw_only=True, tag="accounts.organisation_changed"):
    """Its name, country or legal identity reads differently from now on."""

    organisation_id: str


class MembershipChanged(Event, frozen=True, kw_only=True, tag="accounts.membership_changed"):
    """`role` is None when the person left."""

    organisation_id: str
    person_id: str
    role: str | None
