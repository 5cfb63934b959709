"""Integrations: adapters of domain ports, and other people's systems. Each folder is one; none imports another."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription

ACTIONS: tuple[ActionSpec, ...] = ()
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = ["ACTIONS", "JOBS", "PERIODICS", "SUBSCRIPTIONS"]
