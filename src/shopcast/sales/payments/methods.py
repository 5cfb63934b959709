"""The ways to pay a buyer keeps with the provider; we know a reference and a label, never a number."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.payments import repository


class RemovePaymentMethod(Command, frozen=True, kw_only=True):
    method_id: str


def remove_payment_method(tx: Tx, command: RemovePaymentMethod, by: Principal, now: datetime) -> None:
    if not repository.remove_method(tx, command.method_id, by.key, now):
        raise NotFound("payment_method")
    tx.audit(by, "sales.remove_payment_method", command.method_id, {})
