"""How the simulated provider's news leave the house: in order and once, or as badly as it was told to behave."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shopcast.integrations.test_provider.protocol import Notice
from shopcast.integrations.test_provider.simulator.behaviours import Chaos
from shopcast.integrations.test_provider.simulator.store import Store
from shopcast.kernel.ids import new_id
from shopcast.kernel.tracing import current_traceparent, with_traceparent
from shopcast.sales import EventKind, PaymentEvent, SetupAnswer

# What a provider says of a payment it has not made up its mind about, and says too late. Never that money came: that
# would be a theft, not a muddle.
_STALE = (EventKind.FAILED, EventKind.ACTION_REQUIRED, EventKind.PROCESSING)
_STALE_BY = timedelta(seconds=2)
_TELLS_MONEY = frozenset({EventKind.AUTHORISED, EventKind.CAPTURED})


class Post:
    def __init__(self, store: Store, chaos: Chaos | None) -> None:
        self._store = store
        self._chaos = chaos
        self._random = random.Random(0 if chaos is None else chaos.seed)

    def tell(self, payment_id: str, events: Sequence[PaymentEvent], due_at: datetime, times: int = 1) -> None:
        if self._chaos is None:
            notice = Notice(id=new_id("tpd"), payment_id=payment_id, events=tuple(events))
            for _ in range(times):
                self._send(notice, due_at)
            return
        for event in events:
            self._muddle(self._chaos, Notice(id=new_id("tpd"), payment_id=payment_id, events=(event,)), due_at)
            if event.kind in _TELLS_MONEY and self._happens(self._chaos.contradicted):
                stale = Notice(id=new_id("tpd"), payment_id=payment_id, events=(self._stale(event),))
                self._send(stale, self._late(self._chaos, due_at))

    def tell_setup(self, answer: SetupAnswer, due_at: datetime) -> None:
        notice = Notice(id=new_id("tpd"), setup=answer)
        if self._chaos is None:
            self._send(notice, due_at)
        else:
            self._muddle(self._chaos, notice, due_at)

    def _muddle(self, chaos: Chaos, notice: Notice, due_at: datetime) -> None:
        if self._happens(chaos.dropped):
            return
        self._send(notice, self._late(chaos, due_at))
        if self._happens(chaos.repeated):
            self._send(notice, self._late(chaos, due_at))
        if self._happens(chaos.repeated):
            self._send(msgspec.structs.replace(notice, id=new_id("tpd")), self._late(chaos, due_at))

    def _stale(self, truth: PaymentEvent) -> PaymentEvent:
        kind = self._random.choice(_STALE)
        return PaymentEvent(
            id=new_id("tpe"),
            payment_id=truth.payment_id,
            kind=kind,
            at=truth.at - _STALE_BY,
            failure_code="declined" if kind is EventKind.FAILED else None,
            next_action_url="https://bank.example/too-late" if kind is EventKind.ACTION_REQUIRED else None,
        )

    def _late(self, chaos: Chaos, due_at: datetime) -> datetime:
        return due_at + timedelta(milliseconds=self._random.randint(0, chaos.delay_ms))

    def _happens(self, per_thousand: int) -> bool:
        return self._random.randrange(1000) < per_thousand

    def _send(self, notice: Notice, due_at: datetime) -> None:
        subject = notice.payment_id or (notice.setup.setup_id if notice.setup is not None else "")
        # As providers send back what a charge was marked with.
        body = with_traceparent(msgspec.json.encode(notice), current_traceparent())
        self._store.add_delivery(notice.id, subject, body, due_at)
