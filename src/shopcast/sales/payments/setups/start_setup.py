"""Keeping a card without charging it: a row first, the provider's call outside, its answer recorded once."""

from datetime import datetime, timedelta

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound, Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.payments.methods.repository import keep_method
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.setups import repository
from shopcast.sales.ports import SetupAnswer

RESOLVE_SETUP_JOB = "sales.resolve_setup"
# The web process asks first and waits for the answer; after that the job finds out.
RESOLVE_SETUP_AFTER = timedelta(seconds=20)


class StartSetup(Command, frozen=True, kw_only=True):
    """The token itself stays outside: a command may be stored."""

    provider: str


class SetupStarted(msgspec.Struct, frozen=True, kw_only=True):
    setup_id: str
    provider: str


class ResolveSetup(msgspec.Struct, frozen=True):
    """Payload of the job that finds out what became of a setup."""

    setup_id: str


class RecordSetup(Command, frozen=True, kw_only=True):
    provider: str
    answer: SetupAnswer


def start_setup(tx: Tx, command: StartSetup, by: Principal, now: datetime) -> SetupStarted:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    setup_id = new_id("set")
    repository.insert_setup(tx, setup_id, by.key, command.provider, now)
    outbox.open_call(tx, "setup", setup_id, command.provider, None, None, now)
    tx.enqueue(RESOLVE_SETUP_JOB, ResolveSetup(setup_id=setup_id), run_at=now + RESOLVE_SETUP_AFTER, key=setup_id)
    return SetupStarted(setup_id=setup_id, provider=command.provider)


def record_setup(tx: Tx, command: RecordSetup, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    apply_setup(tx, command.provider, command.answer, now)


def apply_setup(tx: Tx, provider: str, answer: SetupAnswer, now: datetime) -> None:
    """Raises NotFound for one we did not ask for. What is final stays: late and doubled news change nothing."""
    setup = repository.find_setup(tx, answer.setup_id)
    if setup is None or setup.provider != provider:
        raise NotFound("setup")
    if setup.state not in repository.OPEN:
        return
    method_id = None
    if answer.state == "saved":
        if answer.method is None:
            raise ValueError("a saved method comes with its reference")
        method_id = keep_method(tx, setup.buyer_key, provider, answer.method, now)
    if repository.store_answer(tx, setup, answer, method_id):
        outbox.answered(tx, [setup.id], answer.failure_code or answer.state, now)
