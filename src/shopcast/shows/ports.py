"""Ports of shows: what a floor above must be able to answer. Wiring joins them."""

from typing import Protocol

from shopcast.kernel.actions import ReadConnection


class Followers(Protocol):
    """Who follows whom; discovery keeps it."""

    def follows(self, connection: ReadConnection, person_id: str, host_person_id: str, organisation_id: str) -> bool:
        """Whether this person follows the host or the house of a show: either is enough."""
