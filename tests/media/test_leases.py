"""Who may have a broadcast's lease, what a node that was replaced can still change, and what a node is told."""

from dataclasses import dataclass
from typing import Any

import pytest

from shopcast import media
from shopcast.media.controller import repository
from shopcast.media.controller.note import PassUnheld
from shopcast.media.engine.joint import Grant, LeaseState, Seen
from shopcast.media.leases.give_up_leases import GiveUpLeases
from shopcast.media.leases.queries import look
from shopcast.media.leases.renew_leases import RenewLeases
from shopcast.media.leases.take_lease import TakeLease
from tests.factories import TestBackend
from tests.media.support import Air, at


@dataclass
class OnNode:
    """A node that has the lease of one broadcast, or had it."""

    air: Air
    name: str
    grant: Grant

    @classmethod
    def take(cls, air: Air, name: str, boot: str = "1") -> "OnNode | None":
        address = f"http://{name}:8081"
        grant = air.backend.run(TakeLease(broadcast_id=air.id, node=name, boot=boot, address=address))
        return None if grant is None else cls(air, name, grant)

    def renew(self, **changes: Any) -> bool:
        """Whether it still has it."""
        state = {
            "epoch": 1,
            "next_sequence": 40,
            "first_listed": 3,
            "discontinuity": 0,
            "target_duration_s": 2,
            "started_at_ms": 1,
            "silent_ms": 0,
            "publishing": True,
            "on_air": True,
            **changes,
        }
        lease = LeaseState(broadcast_id=self.air.id, token=self.grant.token, **state)
        return self.air.backend.run(RenewLeases(node=self.name, leases=[lease])) == []

    def tell(self, kind: str, second: float, epoch: int) -> None:
        fact = self.air.fact(kind, second, epoch=epoch, token=self.grant.token)
        self.air.deliver(fact)


def taken(air: Air, name: str, boot: str = "1") -> OnNode:
    node = OnNode.take(air, name, boot)
    assert node is not None
    return node


def state(air: Air) -> str:
    return air.backend.read(media.broadcast, air.id).state


def seen(air: Air, marks_after: str | None = None) -> Seen:
    return air.backend.read(look, 7, air.id, marks_after, air.backend.clock.now())


def test_another_node_gets_it_when_the_first_is_silent(backend: TestBackend) -> None:
    air = Air.of(backend)
    a = taken(air, "a")
    assert (a.grant.token, a.grant.next_sequence, a.grant.exact) == (1, 0, True)
    assert a.renew()
    backend.advance(seconds=2.9)
    assert OnNode.take(air, "b") is None
    backend.advance(seconds=0.2)
    b = taken(air, "b")
    assert (b.grant.token, b.grant.epoch, b.grant.next_sequence, b.grant.exact) == (2, 1, 43, False)
    assert not a.renew(next_sequence=90)
    assert OnNode.take(air, "a") is None
    assert b.renew(epoch=2, next_sequence=41)
    assert taken(air, "b").grant.token == 2


def test_who_still_hears_media_keeps_it_and_who_hears_none_does_not(backend: TestBackend) -> None:
    air = Air.of(backend)
    a = taken(air, "a")
    backend.advance(seconds=10)
    assert a.renew(silent_ms=2_000)
    assert OnNode.take(air, "b") is None
    assert a.renew(silent_ms=3_000)
    assert taken(air, "b").grant.token == 2


@pytest.mark.parametrize("changes", [{"publishing": False, "on_air": False}, {"handed_back": True}])
def test_without_a_publisher_it_is_free(backend: TestBackend, changes: dict[str, bool]) -> None:
    air = Air.of(backend)
    a = taken(air, "a")
    assert a.renew(**changes)
    b = taken(air, "b")
    assert (b.grant.exact, b.grant.next_sequence) == (True, 40)
    assert not a.renew()


def test_a_node_that_started_anew_follows_itself(backend: TestBackend) -> None:
    air = Air.of(backend)
    assert taken(air, "a", boot="1").renew()
    again = taken(air, "a", boot="2")
    assert (again.grant.token, again.grant.next_sequence) == (2, 42)


def test_take_over_holds_at_every_node_for_one_publisher(backend: TestBackend) -> None:
    air = Air.of(backend)
    assert taken(air, "a").renew()
    air.do("take_over")
    b = taken(air, "b")
    assert b.renew()
    assert OnNode.take(air, "a") is None
    air.do("take_over")
    backend.advance(seconds=50)
    assert b.renew()
    backend.advance(seconds=11)
    assert b.renew()
    assert OnNode.take(air, "a") is None
    # Used by another encoder of the node that has it, it is used up.
    air.do("take_over")
    assert taken(air, "b").grant.token == 2
    assert OnNode.take(air, "a") is None


def test_facts_of_a_replaced_node_change_nothing(backend: TestBackend) -> None:
    air = Air.of(backend)
    a = taken(air, "a")
    a.tell("ready", 1, epoch=1)
    backend.advance(seconds=4)
    b = taken(air, "b")
    assert b.grant.epoch == 1
    # Its clock is behind the first node's; epochs are counted all the same.
    b.tell("ready", 0.5, epoch=2)
    assert [one.epoch for one in backend.read(media.epochs, air.id)] == [1, 2]
    before = air.events()
    a.tell("lost", 9, epoch=2)
    a.tell("ready", 10, epoch=2)
    assert (state(air), air.events()) == ("ready", before)
    b.tell("lost", 12, epoch=2)
    assert (state(air), air.events()) == ("lost", [*before, "broadcast_lost"])


def test_a_node_nobody_hears_is_given_up_and_found_again(backend: TestBackend) -> None:
    air = Air.of(backend)
    a = taken(air, "a")
    a.tell("ready", 0, epoch=1)
    leases = [(air.id, a.grant.token)]
    backend.advance(seconds=4)
    backend.run(GiveUpLeases(leases=leases))
    assert state(air) == "ready"
    assert seen(air).holder is not None
    backend.advance(seconds=2)
    for _ in range(2):
        backend.run(GiveUpLeases(leases=leases))
    assert state(air) == "lost"
    assert seen(air).holder is None
    [epoch] = backend.read(media.epochs, air.id)
    assert epoch.ended_at == at(0)
    # It went on all the time: only the workers had not reached it.
    assert a.renew()
    assert state(air) == "ready"
    [epoch] = backend.read(media.epochs, air.id)
    assert epoch.ended_at is None
    assert air.events() == ["broadcast_ready", "broadcast_lost", "broadcast_ready"]
    holder = seen(air).holder
    assert holder is not None
    assert (holder.node, holder.address, holder.token) == ("a", "http://a:8081", 1)


def test_instructions_go_to_the_holder_or_are_passed(backend: TestBackend) -> None:
    air = Air.of(backend)
    air.do("cut")
    [waiting] = backend.read(repository.unheld_instructions, 10)
    a = taken(air, "a")
    backend.run(PassUnheld(instruction_ids=[waiting]))
    assert [one[0] for one in backend.read(repository.open_instructions, 10, "a")] == [waiting]
    assert backend.read(repository.open_instructions, 10, "b") == []
    assert a.renew(handed_back=True)
    backend.run(PassUnheld(instruction_ids=[waiting]))
    assert backend.read(repository.open_instructions, 10) == []


def test_a_node_is_told_all_that_holds_of_a_broadcast(backend: TestBackend) -> None:
    assert not backend.read(look, 7, "bct_none", None, backend.clock.now()).known
    air = Air.of(backend)
    assert seen(air) == Seen(id=7, known=True)
    a = taken(air, "a")
    a.tell("ready", 0, epoch=1)
    assert a.renew(epoch=1)
    air.do("cut")
    backend.advance(seconds=5)
    air.do("redact", at(1), at(2))
    for number in range(450):
        air.do("mark", f"m{number}", "shopcast.pin", at(number), None, {"X-TITLE": "t" * 300})
    found: list[str] = []
    page: str = ""
    for _ in range(20):
        told = seen(air, page)
        assert (told.cut, told.token, told.first_listed, told.target_duration_s) == (True, 1, 3, 2)
        assert [after - before for before, after in told.redactions] == [1_000]
        found += [mark.id for mark in told.marks]
        page = told.next_page
        if not page:
            break
    assert found == [f"m{number}" for number in range(450)]
    air.do("end")
    assert seen(air).ended_at_ms > 0
