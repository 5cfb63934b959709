"""A shop opened once and put back before each test: opening one takes most of a second, putting it back a hundredth."""

from dataclasses import dataclass
from datetime import datetime

from shopcast.backends.inprocess.limits import InProcessLimits
from tests.factories.tenancy import Shop


@dataclass
class Stored:
    """All rows of a shop and the time, as they were."""

    shop: Shop
    now: datetime

    @classmethod
    def of(cls, shop: Shop) -> "Stored":
        shop.backend.raw.store()
        return cls(shop, shop.backend.clock.now())

    def put_back(self) -> Shop:
        backend = self.shop.backend
        backend.raw.put_back()
        backend.clock.advance(self.now - backend.clock.now())
        self.shop.mail.sent.clear()
        limits = self.shop.client.app.state["shopcast"].limits
        assert isinstance(limits, InProcessLimits)
        limits._full_at.clear()
        return self.shop
