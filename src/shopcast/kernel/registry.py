"""Owns the table of everything that can be run: actions, subscriptions, jobs, periodics; refuses double names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shopcast.kernel.actions import ActionSpec, Command
from shopcast.kernel.events import event_type_name
from shopcast.kernel.job_actions import JOB_ACTIONS
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.operations import OPERATION_ACTIONS
from shopcast.kernel.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Registry:
    """The kernel's own actions are always among them."""

    actions: Sequence[ActionSpec] = ()
    subscriptions: Sequence[Subscription] = ()
    jobs: Sequence[JobSpec] = ()
    periodics: Sequence[Periodic] = ()
    by_name: dict[str, ActionSpec] = field(init=False, repr=False)
    by_command: dict[type[Command], ActionSpec] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", (*JOB_ACTIONS, *OPERATION_ACTIONS, *self.actions))
        _refuse_doubles("action", (spec.name for spec in self.actions))
        _refuse_doubles("command", (spec.command.__qualname__ + spec.command.__module__ for spec in self.actions))
        _refuse_doubles("subscription", (subscription.name for subscription in self.subscriptions))
        _refuse_doubles("job", (job.name for job in self.jobs))
        _refuse_doubles("periodic", (periodic.name for periodic in self.periodics))
        for subscription in self.subscriptions:
            event_type_name(subscription.event_type)
        object.__setattr__(self, "by_name", {spec.name: spec for spec in self.actions})
        object.__setattr__(self, "by_command", {spec.command: spec for spec in self.actions})

    def spec_of(self, command: Command) -> ActionSpec:
        try:
            return self.by_command[type(command)]
        except KeyError:
            raise LookupError(f"no action is registered for {type(command).__name__}; list it in ACTIONS") from None


def _refuse_doubles(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} is registered twice")
        seen.add(name)
