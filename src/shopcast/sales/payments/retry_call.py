"""An operator asks a provider again: the job that would do it by itself is due now."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Conflict, Forbidden
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout.start_checkout import RESOLVE_JOB, ResolvePayment
from shopcast.sales.payments.outbox.repository import CallRow, call
from shopcast.sales.payments.refunds import SEND_REFUND_JOB, SendRefund
from shopcast.sales.payments.setups.start_setup import RESOLVE_SETUP_JOB, ResolveSetup


class RetryCall(Command, frozen=True, kw_only=True):
    call_id: str


def retry_call(tx: Tx, command: RetryCall, by: Principal, now: datetime) -> None:
    """Raises NotFound. Evidence and acceptance are asked for again where the dispute is worked on."""
    if not by.is_operator:
        raise Forbidden()
    found = call(tx, command.call_id)
    if found.state == "answered":
        return
    job_name, payload = _job(found)
    # A key of its own: a job of this refund may be waiting for a time that is hours away.
    tx.enqueue(job_name, payload, run_at=now, key=f"{found.key}:again")
    tx.audit(by, "sales.retry_call", found.id, {"kind": found.kind, "key": found.key})


def _job(found: CallRow) -> tuple[str, msgspec.Struct]:
    match found.kind:
        case "charge":
            return RESOLVE_JOB, ResolvePayment(payment_id=found.key)
        case "refund":
            return SEND_REFUND_JOB, SendRefund(refund_id=found.key)
        case "setup":
            return RESOLVE_SETUP_JOB, ResolveSetup(setup_id=found.key)
        case _:
            raise Conflict()
