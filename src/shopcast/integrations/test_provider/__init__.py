"""The test provider: an adapter of sales' PaymentProvider port, and the simulated provider it talks to."""

from shopcast.integrations.test_provider.client import TestProvider
from shopcast.integrations.test_provider.protocol import WEBHOOK_PATH
from shopcast.integrations.test_provider.simulator.behaviours import Chaos, Timings
from shopcast.integrations.test_provider.simulator.server import Handle, start_test_provider
from shopcast.kernel.config import Settings

__all__ = ["WEBHOOK_PATH", "Chaos", "Handle", "TestProvider", "Timings", "adapter", "start_test_provider"]


def adapter(settings: Settings) -> TestProvider:
    """What wiring lists under "test" among the installation's PaymentProviders."""
    return TestProvider(settings)
