"""The TransferProvider port over Stripe's transfers. Nothing but the ledger may call it."""

from shopcast.integrations.stripe.api import Declined, Missing, StripeApi
from shopcast.integrations.stripe.exponents import AmountNotPossible, from_stripe, to_stripe
from shopcast.integrations.stripe.objects import Transfer
from shopcast.sales import ProviderRefused, TransferAnswer, TransferRequest


class StripeTransfers:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def transfer(self, request: TransferRequest) -> TransferAnswer:
        """Raises ProviderRefused, ProviderUnreachable."""
        try:
            made, _ = await self._api.post(
                "/v1/transfers",
                request.transfer_id,
                Transfer,
                amount=to_stripe(request.amount),
                currency=request.amount.currency.lower(),
                destination=request.destination,
                description=request.description[:500],
                metadata={"transfer_id": request.transfer_id},
            )
        except (AmountNotPossible, Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error
        return TransferAnswer(
            reference=made.id,
            amount=from_stripe(made.amount, made.currency),
            reversed_minor=from_stripe(made.amount_reversed, made.currency).amount_minor,
        )

    async def close(self) -> None:
        await self._api.close()
