"""The ways to pay a buyer keeps with the provider; we know a reference and a label, never a number."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.mandates.give_mandate import revoke_of_method
from shopcast.sales.payments.methods import repository

FORGET_METHOD_JOB = "sales.forget_method"


class RemovePaymentMethod(Command, frozen=True, kw_only=True):
    method_id: str


class ForgetMethod(msgspec.Struct, frozen=True):
    """Payload of the job that has the provider forget it too."""

    method_id: str


def remove_payment_method(tx: Tx, command: RemovePaymentMethod, by: Principal, now: datetime) -> None:
    """With it ends what was allowed to be charged to it later."""
    if not repository.remove_method(tx, command.method_id, by.key, now):
        raise NotFound("payment_method")
    revoke_of_method(tx, command.method_id, now)
    tx.enqueue(FORGET_METHOD_JOB, ForgetMethod(method_id=command.method_id), key=command.method_id)
    tx.audit(by, "sales.remove_payment_method", command.method_id, {})
