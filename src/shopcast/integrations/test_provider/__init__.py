"""The test provider: an adapter of sales' PaymentProvider port, and the simulated provider it talks to."""

from shopcast.integrations.test_provider.adapter import OneProvider, TestProvider
from shopcast.integrations.test_provider.simulator.bank import Timings
from shopcast.integrations.test_provider.simulator.server import Handle, start_test_provider
from shopcast.kernel.config import Settings

__all__ = ["Handle", "OneProvider", "TestProvider", "Timings", "adapter", "providers", "start_test_provider"]


def adapter(settings: Settings) -> TestProvider:
    return TestProvider(settings)


def providers(settings: Settings) -> OneProvider:
    """What wiring passes as "payments" to routes and jobs."""
    return OneProvider(adapter(settings))
