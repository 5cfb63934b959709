"""A whole shop behind its HTTP doors, its visitors, and the proof that nobody reads or changes what is not theirs.

A domain lists one `Door` per route (`check_doors` fails for a route without one) and says what each visitor gets. For
every door the guest, the stranger (owner of another organisation) and the platform's operator knock first: where they
are refused, not one row that mentions the owner may differ afterwards, and no answer may hold a word that is the
owner's. The owner comes last, to prove that the same request opens the door for the right person.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from shopcast.accounts import Passwords, SessionResolver
from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.catalog.images.fetch_remote import FetchFailed, Picture
from shopcast.discovery import FollowBook
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.ids import new_id
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext, JobSpec
from shopcast.kernel.ports import Mail
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import metadata
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from shopcast.web_support.errors import ProblemPage
from tests.factories import TestBackend, make_backend

PASSWORD = "correct horse battery"
Who = Literal["guest", "stranger", "operator", "owner"]
OUTSIDERS: tuple[Who, ...] = ("guest", "stranger", "operator")


class KeptMail:
    """The mail simulator: what was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> None:
        self.sent.append(mail)


class Pictures:
    """The simulator of other people's web servers: what is not put here can't be reached."""

    def __init__(self) -> None:
        self.answers: dict[str, Picture | FetchFailed] = {}
        self.asked: list[str] = []

    async def __call__(self, url: str) -> Picture:
        self.asked.append(url)
        answer = self.answers.get(url, FetchFailed("unreachable", is_final=False))
        if isinstance(answer, FetchFailed):
            raise answer
        return answer


@dataclass
class Shop:
    """One application on a temporary directory. Time stands still; jobs run when told."""

    backend: TestBackend
    blobs: DiskBlobs
    mail: KeptMail
    pictures: Pictures
    passwords: Passwords
    client: TestClient[Litestar]
    routes: Sequence[Any]

    def visitor(self, language: str = "en") -> "Visitor":
        return Visitor(self, language)

    def registered(self, name: str, account: str = "seller", **extra: str) -> "Visitor":
        """Somebody who has registered as `name`@example.com, signed in."""
        visitor = self.visitor()
        answer = visitor.post(
            "/v1/register",
            {
                "email": f"{name}@example.com",
                "password": PASSWORD,
                "display_name": name.title(),
                "account": account,
                **extra,
            },
        )
        assert answer.status_code == 201, answer.text
        visitor.me = answer.json()
        return visitor

    def run_jobs(self) -> int:
        """Everything due, to its end; then the events it caused."""
        context = JobContext(
            actions=self.backend.actions,
            reads=self.backend.reads,
            clock=self.backend.clock,
            settings=self.backend.settings,
            ports={"mailer": self.mail, "blobs": self.blobs, "pictures": self.pictures},
        )
        count = asyncio.run(JobRunner(self.backend.registry, context, self.backend.wakes).run_due())
        self.backend.drain()
        return count

    def rows_about(self, words: Sequence[str]) -> dict[str, list[str]]:
        """Every stored row that mentions one of the words, by table."""
        found: dict[str, list[str]] = {}
        for name in sorted(metadata.tables):
            rows = [repr(row) for row in self.backend.rows(f'SELECT * FROM "{name}"')]
            found[name] = sorted(row for row in rows if any(word in row for word in words))
        return found


@dataclass
class Visitor:
    """A browser: its own cookies, and the CSRF header a page of ours would send."""

    shop: Shop
    language: str = "en"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    me: dict[str, Any] = field(default_factory=dict)

    @property
    def person_id(self) -> str:
        return str(self.me["person"]["id"])

    @property
    def organisation_id(self) -> str:
        return str(self.me["organisations"][0]["id"])

    def get(self, path: str, **extra: Any) -> httpx.Response:
        return self.request("GET", path, **extra)

    def post(self, path: str, body: Any = None, **extra: Any) -> httpx.Response:
        return self.request("POST", path, json=body, **extra)

    def patch(self, path: str, body: Any, **extra: Any) -> httpx.Response:
        return self.request("PATCH", path, json=body, **extra)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, **extra: Any) -> httpx.Response:
        sent = {"Accept-Language": self.language, **(headers or {})}
        if method not in ("GET", "HEAD"):
            sent.setdefault("X-CSRF-Token", self._csrf())
        given = {name: value for name, value in extra.items() if value is not None}
        return self._send(method, path, headers=sent, **given)

    def _csrf(self) -> str:
        if "shopcast_csrf" not in self.cookies:
            self._send("GET", "/v1/me")
        return self.cookies["shopcast_csrf"]

    def _send(self, method: str, path: str, **extra: Any) -> httpx.Response:
        # One client serves all visitors, so the jar is exchanged around each request.
        self.shop.client.cookies = self.cookies
        answer = self.shop.client.request(method, path, **extra)
        self.cookies = httpx.Cookies(self.shop.client.cookies)
        return answer


@contextmanager
def open_shop(
    tmp_path: Path,
    *,
    routes: Sequence[Any],
    actions: Sequence[ActionSpec],
    subscriptions: Sequence[Subscription] = (),
    jobs: Sequence[JobSpec] = (),
    demo: bool = False,
    ports: Callable[[TestBackend], Mapping[str, object]] | Mapping[str, object] | None = None,
    problem_page: ProblemPage | None = None,
) -> Iterator[Shop]:
    """A shop with these routes and verbs; accounts' own must be among them for anybody to sign in."""
    backend = make_backend(tmp_path, actions=actions, subscriptions=subscriptions, jobs=jobs)
    settings = msgspec.structs.replace(backend.settings, demo=demo)
    blobs = DiskBlobs(tmp_path / "blobs")
    given = ports(backend) if callable(ports) else ports or {}
    # The cheapest hash: what it costs to guess is not what most tests are about.
    passwords = Passwords(memory_kib=64, passes=1)
    context = WebContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=settings,
        blobs=blobs,
        limits=InProcessLimits(backend.clock),
        sessions=SessionResolver(demo_accounts_work=demo),
        secret=bytes(32),
        ports={"passwords": passwords, "listening": {}, "followers": FollowBook(), **given},
    )
    with TestClient(litestar_app(routes, context, problem_page=problem_page), base_url="http://shop.test") as client:
        yield Shop(backend, blobs, KeptMail(), Pictures(), passwords, client, routes)
    backend.close()


@dataclass(frozen=True)
class Door:
    """One route as its owner would use it. `path` has the owner's ids where the template has parameters."""

    method: str
    template: str
    path: str
    owner: int
    guest: int
    stranger: int
    operator: int
    body: Any = None
    files: Any = None

    def status_for(self, who: Who) -> int:
        return {"guest": self.guest, "stranger": self.stranger, "operator": self.operator, "owner": self.owner}[who]


def owned(method: str, template: str, path: str, *, owner: int = 200, body: Any = None, files: Any = None) -> Door:
    """A door to something that belongs to an organisation or person: for others it does not exist."""
    return Door(method, template, path, owner, 401, 404, 404, body, files)


def personal(method: str, template: str, *, owner: int = 200, body: Any = None) -> Door:
    """A door without ids: each person sees and changes their own things behind it."""
    return Door(method, template, template, owner, 401, owner, owner, body)


def public(method: str, template: str, path: str, *, status: int = 200, body: Any = None) -> Door:
    return Door(method, template, path, status, status, status, status, body)


def check_doors(
    shop: Shop,
    doors: Sequence[Door],
    visitors: Mapping[Who, Visitor],
    words: Sequence[str],
    routes: Sequence[Any] | None = None,
) -> None:
    """`words` are what only the owner's things contain: ids, address, titles. Public doors may show them. `routes` are
    those the doors must cover, all of the shop's unless given."""
    wanted = routes_of(shop.routes if routes is None else routes)
    assert sorted((door.method, door.template) for door in doors) == wanted
    for door in doors:
        for who in OUTSIDERS:
            before = shop.rows_about(words)
            answer = _knock(visitors[who], door)
            assert answer.status_code == door.status_for(who), (door, who, answer.text)
            assert shop.rows_about(words) == before, (door, who)
            # What a visitor is allowed to see by its id (an operator, an audit trail) may well show the owner's words.
            if answer.status_code >= 400 or door.path == door.template:
                told = [word for word in words if word in answer.text and word not in door.path]
                assert told == [], (door, who)
        answer = _knock(visitors["owner"], door)
        assert answer.status_code == door.owner, (door, "owner", answer.text)


def routes_of(handlers: Sequence[Any]) -> list[tuple[str, str]]:
    """(method, template) of each HTTP route."""
    found: list[tuple[str, str]] = []
    for handler in handlers:
        assert isinstance(handler, HTTPRouteHandler)
        found.extend((str(method), path) for method in handler.http_methods for path in handler.paths)
    return sorted(found)


def _knock(visitor: Visitor, door: Door) -> httpx.Response:
    headers = {"Idempotency-Key": new_id("key")}
    return visitor.request(door.method, door.path, json=door.body, files=door.files, headers=headers)
