"""Stripe: an adapter of sales' PaymentProvider port over payment intents, and of its TransferProvider port."""

from shopcast.integrations.stripe.api import StripeApi
from shopcast.integrations.stripe.provider import StripeProvider
from shopcast.integrations.stripe.transfers import StripeTransfers
from shopcast.kernel.config import Settings

__all__ = ["StripeApi", "StripeProvider", "StripeTransfers", "adapter", "transfers"]


def adapter(settings: Settings) -> StripeProvider:
    """What wiring lists under "stripe" among the installation's PaymentProviders."""
    api = StripeApi(settings.stripe_secret_key)
    return StripeProvider(api, settings.stripe_publishable_key, settings.stripe_webhook_secret)


def transfers(settings: Settings) -> StripeTransfers:
    """Only the ledger may hold this: money to others leaves through it."""
    return StripeTransfers(StripeApi(settings.stripe_secret_key))
