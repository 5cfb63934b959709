"""Changes a promotion. What it takes off is never changed: the next version takes its place for carts to come."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Conflict, InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.pricing.model import Benefit, Scope
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.create_promotion import (
    check_goods,
    checked_limits,
    checked_window,
    cleaned,
    owner_of,
)
from shopcast.sales.promotions.errors import LimitBelowUsed, PromotionOver
from shopcast.sales.promotions.model import PromotionState, PromotionView, Terms, check_terms
from shopcast.sales.promotions.queries import promotion_view
from shopcast.sales.promotions.redeem import tell_screens


class EditPromotion(Command, frozen=True, kw_only=True):
    """What is left out stays. `version` is the one the editor saw: somebody else's change meanwhile is a conflict."""

    organisation_id: str
    promotion_id: str
    version: int | None = None
    name: str | UnsetType = UNSET
    benefit: Benefit | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    currency: str | UnsetType | None = UNSET
    minimum_minor: int | UnsetType = UNSET
    minimum_quantity: int | UnsetType = UNSET
    new_buyers_only: bool | UnsetType = UNSET
    starts_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType | None = UNSET
    usage_limit: int | UnsetType | None = UNSET
    per_customer_limit: int | UnsetType | None = UNSET


def edit_promotion(tx: Tx, command: EditPromotion, by: Principal, now: datetime) -> PromotionView:
    owner = owner_of(tx, by, command.organisation_id)
    known = promotion_view(tx, command.organisation_id, command.promotion_id)
    if known.state is PromotionState.ENDED:
        raise PromotionOver()
    if command.version is not None and command.version != known.version:
        raise Conflict()
    terms = _changed_terms(known.terms, command)
    version = known.version
    if terms != known.terms:
        is_platform = owner.kind == "platform"
        check_terms(known.lane, known.needs, terms, is_platform=is_platform)
        check_goods(tx, command.organisation_id, terms, is_platform=is_platform)
        version += 1
        if not repository.set_version(tx, known.id, known.version, version):
            raise Conflict()
        repository.add_terms(tx, known.id, version, terms, known.funded_by, by.key, now)
    _change_window(tx, known, command, now)
    _change_limits(tx, known, command)
    changed = promotion_view(tx, command.organisation_id, known.id)
    if changed != known:
        details = {
            "organisation_id": command.organisation_id,
            "version": version,
            "changed": _differences(known, changed),
        }
        tx.audit(by, "sales.promotion_changed", known.id, details)
        tell_screens(tx, known.id, now)
    return changed


def _changed_terms(terms: Terms, command: EditPromotion) -> Terms:
    given = {field: value for field in Terms.__struct_fields__ if (value := getattr(command, field)) is not UNSET}
    changed = replace(terms, **given)
    return terms if changed == terms else cleaned(changed, changed.name)


def _change_window(tx: Tx, known: PromotionView, command: EditPromotion, now: datetime) -> None:
    starts_at = known.starts_at if command.starts_at is UNSET else command.starts_at
    ends_at = known.ends_at if command.ends_at is UNSET else command.ends_at
    if (starts_at, ends_at) == (known.starts_at, known.ends_at):
        return
    if starts_at != known.starts_at and known.starts_at <= now:
        # It has begun; when it began is history.
        raise InvalidInput("starts_at", "it is out of range")
    repository.set_window(tx, known.id, *checked_window(starts_at, ends_at, now))


def _change_limits(tx: Tx, known: PromotionView, command: EditPromotion) -> None:
    usage_limit = known.usage_limit if command.usage_limit is UNSET else command.usage_limit
    per_customer = known.per_customer_limit if command.per_customer_limit is UNSET else command.per_customer_limit
    if (usage_limit, per_customer) == (known.usage_limit, known.per_customer_limit):
        return
    usage_limit, per_customer = checked_limits(known.needs, usage_limit, per_customer)
    if not repository.set_limits(tx, known.id, usage_limit, per_customer):
        raise LimitBelowUsed(taken=max(known.used, known.claimed))


def _differences(known: PromotionView, changed: PromotionView) -> list[str]:
    before, after = msgspec.to_builtins(known), msgspec.to_builtins(changed)
    fields = [field for field in before if field not in ("terms", "version") and before[field] != after[field]]
    return fields + [field for field in before["terms"] if before["terms"][field] != after["terms"][field]]
