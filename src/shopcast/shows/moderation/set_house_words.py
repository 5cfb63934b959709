"""SetHouseWords: the words an organisation wants muted in all its rooms, those open now and those to come."""

from datetime import datetime

from shopcast import accounts, rooms
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.moderation import repository


class SetHouseWords(Command, frozen=True, kw_only=True):
    organisation_id: str
    words: tuple[rooms.MutedWordRule, ...]


def set_house_words(tx: Tx, command: SetHouseWords, by: Principal, now: datetime) -> None:
    accounts.require_role(tx, by, command.organisation_id, *HOUSE_ROLES)
    words = rooms.cleaned_rules(command.words)
    repository.set_house_words(tx, command.organisation_id, words, now)
    for room_id in repository.open_rooms(tx, command.organisation_id):
        rooms.set_house_words(tx, room_id, words)
    tx.audit(by, "shows.set_house_words", command.organisation_id, {"words": len(words)})


HOUSE_ROLES: tuple[accounts.Role, ...] = ("owner", "manager", "operator", "moderator")
