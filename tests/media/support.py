"""A broadcast as its owner and its engine see it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.media import EngineFact, RecordFact
from tests.factories import START, TestBackend
from tests.media.conftest import Do


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class Air:
    """One broadcast of `org_1`; facts are numbered as they are made, and delivered when told."""

    backend: TestBackend
    id: str = ""
    key: str = ""
    facts: int = 0
    told: list[RecordFact] = field(default_factory=list)

    @classmethod
    def of(cls, backend: TestBackend) -> "Air":
        made = cls(backend)
        made.id, made.key = made.do("create_broadcast", "org_1").split()
        return made

    def do(self, verb: str, *arguments: Any, by: Principal = SYSTEM) -> str:
        own = arguments if verb == "create_broadcast" else (self.id, *arguments)
        encoded = [f"at:{one.isoformat()}" if isinstance(one, datetime) else one for one in own]
        return str(self.backend.run(Do(verb=verb, arguments=encoded), by))

    def fact(self, kind: str, second: float, **fields: Any) -> RecordFact:
        self.facts += 1
        ms = round(at(second).timestamp() * 1000)
        if kind == "ready":
            fields["started_at_ms"] = ms
        if kind == "lost":
            fields["ended_at_ms"] = ms
        fact = EngineFact(kind=kind, broadcast_id=self.id, at_ms=ms, **fields)
        return RecordFact(engine="local", number=self.facts, fact=fact)

    def tell(self, kind: str, second: float, **fields: Any) -> None:
        self.deliver(self.fact(kind, second, **fields))

    def deliver(self, *facts: RecordFact) -> None:
        for fact in facts:
            self.backend.run(fact)

    def events(self) -> list[str]:
        return [row[0].split(".")[1] for row in self.backend.rows("SELECT event_type FROM kernel_events ORDER BY id")]

    def instructions(self) -> list[dict[str, Any]]:
        rows = self.backend.rows("SELECT body FROM media_instruction WHERE broadcast_id = ? ORDER BY id", self.id)
        return [msgspec.json.decode(body) for (body,) in rows]
