"""Who is in a room on this gateway, how many there are on all, and what they feel; keeps nobody's identity."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.messages import Report
from shopcast.rooms.presence.sketch import Sketch

# A gateway that has missed three reports is gone, and its people with it.
REPORT_KEPT_S = 7.0


class Crowd:
    def __init__(self) -> None:
        # By the key others see, and by the one nobody sees.
        # Nearly everybody is here once: a tuple of one costs a quarter of a set.
        self._by_public: dict[str, tuple[Member, ...]] = {}
        self._by_person: dict[str, tuple[Member, ...]] = {}
        self._reports: dict[str, tuple[float, Report]] = {}
        self._came = Sketch()
        self._mine: Counter[str] = Counter()
        self._theirs: Counter[str] = Counter()

    def enter(self, member: Member) -> None:
        for index, key in self._places(member):
            index[key] = (*index.get(key, ()), member)
        self._came.add(member.key)

    def leave(self, member: Member) -> None:
        for index, key in self._places(member):
            others = tuple(other for other in index.get(key, ()) if other is not member)
            if others:
                index[key] = others
            else:
                index.pop(key, None)

    @property
    def by_public_key(self) -> Mapping[str, Collection[Member]]:
        return self._by_public

    def of_person(self, person_key: str) -> list[Member]:
        return list(self._by_person.get(person_key, ()))

    @property
    def here(self) -> int:
        return len(self._by_person)

    def people(self, now: float) -> int:
        """Distinct people over all gateways; somebody on two gateways at once counts twice."""
        gone = [origin for origin, (heard_at, _) in self._reports.items() if now - heard_at > REPORT_KEPT_S]
        for origin in gone:
            del self._reports[origin]
        return self.here + sum(report.people for _, report in self._reports.values())

    def hear(self, report: Report, now: float) -> None:
        self._reports[report.origin] = (now, report)
        self._theirs.update(report.reactions)

    def react(self, kind: str) -> None:
        self._mine[kind] += 1

    def take_reactions(self) -> tuple[dict[str, int], dict[str, int]]:
        """Ours since the last time, and everybody's."""
        mine, everybody = dict(self._mine), dict(self._mine + self._theirs)
        self._mine.clear()
        self._theirs.clear()
        return mine, everybody

    def take_sketches(self) -> tuple[Sketch, Sketch]:
        """Who is here now, and who came since the last time, even if only for a moment. 1 ms per 1,000 people."""
        came, self._came = self._came, Sketch()
        return Sketch.of(self._by_public), came

    def _places(self, member: Member) -> Iterator[tuple[dict[str, tuple[Member, ...]], str]]:
        yield self._by_public, member.key
        yield self._by_person, member.ticket.person_key
