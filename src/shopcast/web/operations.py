"""What an operator sees and does: health of this installation, dead letters, jobs."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.operations import DiscardDeadLetter, ReplayDeadLetter, RetryDeadJob
from shopcast.kernel.operator_queries import (
    Backlog,
    DeadLetterView,
    JobState,
    JobView,
    LetterState,
    backlog,
    dead_letters_listed,
    jobs_listed,
)
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# An hour of one 3 Mbit/s show is 1.4 GB: below this an evening is in danger, below that the hour is.
DISK_WARN_BYTES, DISK_FAIL_BYTES = 10 * 1024**3, 2 * 1024**3
# A busy shop records a few hundred events a second; more than this and somebody waits for a receipt.
EVENTS_BEHIND_WARN = 1_000


State = Literal["ok", "warn", "fail"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: State
    detail: str


class InstallationHealth(msgspec.Struct, frozen=True, kw_only=True):
    status: State
    checks: list[Check]


@get("/v1/health", operation_id="getHealth", tags=["operations"])
async def get_health(
    listening: Injected[Mapping[str, str]],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    settings: Injected[Settings],
) -> InstallationHealth:
    accounts.require_operator(principal)
    found = await reads.run(backlog, listening, clock.now())
    checks = [*_backlog_checks(found), _disk_check(shutil.disk_usage(settings.data_dir).free)]
    states = {check.state for check in checks}
    return InstallationHealth(
        status="fail" if "fail" in states else "warn" if "warn" in states else "ok", checks=checks
    )


@get("/v1/operator/dead-letters", operation_id="listDeadLetters", tags=["operations"])
async def list_dead_letters(
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    letter_state: Annotated[LetterState, QueryParameter(name="state")] = "open",
    subscriber: FromQuery[str | None] = None,
) -> Page[DeadLetterView]:
    """Events that a subscriber gave up on; what came after them for the same thing waits behind them."""
    accounts.require_operator(principal)
    rows = await reads.run(dead_letters_listed, page.after(str), page.limit + 1, letter_state, subscriber)
    return _page(rows, page.limit)


@post(
    "/v1/operator/dead-letters/{letter_id:str}/replay",
    operation_id="replayDeadLetter",
    tags=["operations"],
    status_code=204,
)
async def replay_dead_letter(
    letter_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    accounts.require_operator(principal)
    await actions.run(ReplayDeadLetter(dead_letter_id=letter_id), principal)


@post(
    "/v1/operator/dead-letters/{letter_id:str}/discard",
    operation_id="discardDeadLetter",
    tags=["operations"],
    status_code=204,
)
async def discard_dead_letter(
    letter_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    accounts.require_operator(principal)
    await actions.run(DiscardDeadLetter(dead_letter_id=letter_id), principal)


@get("/v1/operator/jobs", operation_id="listJobs", tags=["operations"])
async def list_jobs(
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    job_state: Annotated[JobState | None, QueryParameter(name="state")] = None,
    name: FromQuery[str | None] = None,
) -> Page[JobView]:
    accounts.require_operator(principal)
    return _page(await reads.run(jobs_listed, page.after(str), page.limit + 1, job_state, name), page.limit)


@post("/v1/operator/jobs/{job_id:str}/retry", operation_id="retryJob", tags=["operations"], status_code=204)
async def retry_job(job_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    """A dead job is due at once, with fresh tries."""
    accounts.require_operator(principal)
    await actions.run(RetryDeadJob(job_id=job_id), principal)


class _Listed(Protocol):
    @property
    def id(self) -> str: ...


_Row = TypeVar("_Row", bound=_Listed)


def _page(rows: list[_Row], limit: int) -> Page[_Row]:
    """From one row more than is shown."""
    shown = rows[:limit]
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].id) if len(rows) > limit else None)


def _backlog_checks(found: Backlog) -> list[Check]:
    behind: State = "warn" if found.events_behind > EVENTS_BEHIND_WARN else "ok"
    return [
        Check(name="events", state=behind, detail=f"{found.events_behind}"),
        Check(name="parked", state="warn" if found.keys_parked else "ok", detail=f"{found.keys_parked}"),
        Check(name="dead_letters", state="fail" if found.letters_dead else "ok", detail=f"{found.letters_dead}"),
        Check(name="jobs_late", state="warn" if found.jobs_late else "ok", detail=f"{found.jobs_late}"),
        Check(name="jobs_dead", state="fail" if found.jobs_dead else "ok", detail=f"{found.jobs_dead}"),
    ]


def _disk_check(free_bytes: int) -> Check:
    state: State = "ok"
    if free_bytes < DISK_WARN_BYTES:
        state = "fail" if free_bytes < DISK_FAIL_BYTES else "warn"
    return Check(name="disk", state=state, detail=f"{free_bytes / 1024**3:.1f} GiB")


ROUTES: Sequence[ControllerRouterHandler] = (
    get_health,
    list_dead_letters,
    replay_dead_letter,
    discard_dead_letter,
    list_jobs,
    retry_job,
)
