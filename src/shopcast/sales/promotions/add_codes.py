"""Codes of a promotion: one that everybody may type, or many that each work once."""

import secrets
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.create_promotion import owner_of
from shopcast.sales.promotions.errors import CodeTaken, PromotionMisfit, PromotionOver, TooManyCodes
from shopcast.sales.promotions.model import (
    CODE_LIMIT,
    CODES_AT_ONCE_LIMIT,
    CODES_PER_PROMOTION_LIMIT,
    USAGE_LIMIT,
    PromotionState,
    PromotionView,
    clean_code,
)
from shopcast.sales.promotions.queries import promotion_view

# Crockford's: without I, L, O and U, so that what is read aloud is what is typed. Ten of them are 50 bits: at five
# tries per cart and 600 carts a minute a guesser of one in 100,000 codes needs about seven years.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_LENGTH = 10
_PREFIX_LIMIT = CODE_LIMIT - _RANDOM_LENGTH - 1
# Two of 50 bits are equal once in a lifetime; a third try means something is broken.
_TRIES = 3


class AddCode(Command, frozen=True, kw_only=True):
    """A code of one's own choice; `usage_limit` None: as often as the promotion allows."""

    organisation_id: str
    promotion_id: str
    code: str
    usage_limit: int | None = None


class GenerateCodes(Command, frozen=True, kw_only=True):
    """Each works once."""

    organisation_id: str
    promotion_id: str
    count: int
    prefix: str = ""


class DisableCode(Command, frozen=True, kw_only=True):
    organisation_id: str
    promotion_id: str
    code: str


def add_code(tx: Tx, command: AddCode, by: Principal, now: datetime) -> tuple[str, ...]:
    known = _checked(tx, command.organisation_id, command.promotion_id, by, 1)
    if command.usage_limit is not None and not 1 <= command.usage_limit <= USAGE_LIMIT:
        raise InvalidInput("usage_limit", "it is out of range")
    code = clean_code(command.code)
    if repository.known_codes(tx, command.organisation_id, [code]):
        raise CodeTaken(code_text=code)
    repository.add_codes(tx, command.organisation_id, known.id, [code], command.usage_limit, now)
    tx.audit(by, "sales.promotion_code_added", known.id, {"organisation_id": command.organisation_id, "code": code})
    return (code,)


def generate_codes(tx: Tx, command: GenerateCodes, by: Principal, now: datetime) -> tuple[str, ...]:
    if not 1 <= command.count <= CODES_AT_ONCE_LIMIT:
        raise InvalidInput("count", "it is out of range")
    prefix = f"{clean_code(command.prefix)}-" if command.prefix.strip() else ""
    if len(prefix) > _PREFIX_LIMIT + 1:
        raise InvalidInput("prefix", "it is too long")
    known = _checked(tx, command.organisation_id, command.promotion_id, by, command.count)
    codes = _new_codes(tx, command.organisation_id, prefix, command.count)
    repository.add_codes(tx, command.organisation_id, known.id, codes, 1, now)
    details = {"organisation_id": command.organisation_id, "count": command.count, "prefix": prefix}
    tx.audit(by, "sales.promotion_codes_generated", known.id, details)
    return tuple(codes)


def disable_code(tx: Tx, command: DisableCode, by: Principal, now: datetime) -> None:
    """It can't be used from now on; doing it again is no error."""
    owner_of(tx, by, command.organisation_id)
    known = promotion_view(tx, command.organisation_id, command.promotion_id)
    code = clean_code(command.code)
    if repository.disable_code(tx, known.id, code, now):
        details = {"organisation_id": command.organisation_id, "code": code}
        tx.audit(by, "sales.promotion_code_disabled", known.id, details)
    elif code not in repository.known_codes(tx, command.organisation_id, [code]):
        raise NotFound("promotion")


def _checked(tx: Tx, organisation_id: str, promotion_id: str, by: Principal, more: int) -> PromotionView:
    owner_of(tx, by, organisation_id)
    known = promotion_view(tx, organisation_id, promotion_id)
    if known.needs is not Needs.CODE:
        raise PromotionMisfit("codes_not_needed")
    if known.state is PromotionState.ENDED:
        raise PromotionOver()
    if known.codes + more > CODES_PER_PROMOTION_LIMIT:
        raise TooManyCodes(limit=CODES_PER_PROMOTION_LIMIT)
    return known


def _new_codes(tx: Tx, organisation_id: str, prefix: str, count: int) -> list[str]:
    found: set[str] = set()
    for _ in range(_TRIES):
        drawn = {prefix + _random() for _ in range(count - len(found))}
        found |= drawn - repository.known_codes(tx, organisation_id, drawn)
        if len(found) == count:
            return sorted(found)
    raise RuntimeError("random codes repeat themselves")


def _random() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
