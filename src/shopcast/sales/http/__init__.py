"""The doors of sales over HTTP."""

from litestar.types import ControllerRouterHandler

from shopcast.sales.http.cart_routes import CART_ROUTES
from shopcast.sales.http.chat_order_routes import CHAT_ORDER_ROUTES
from shopcast.sales.http.checkout_routes import CHECKOUT_ROUTES, checkout_door
from shopcast.sales.http.dispute_routes import DISPUTE_ROUTES
from shopcast.sales.http.drop_routes import DROP_ROUTES
from shopcast.sales.http.fulfilment_routes import FULFILMENT_ROUTES
from shopcast.sales.http.hold_routes import HOLD_ROUTES, hold_door
from shopcast.sales.http.operator_routes import OPERATOR_ROUTES
from shopcast.sales.http.order_routes import ORDER_ROUTES
from shopcast.sales.http.payment_routes import PAYMENT_ROUTES
from shopcast.sales.http.promotion_routes import PROMOTION_ROUTES
from shopcast.sales.http.refund_preview_routes import REFUND_PREVIEW_ROUTES
from shopcast.sales.http.restriction_routes import RESTRICTION_ROUTES
from shopcast.sales.http.return_routes import RETURN_ROUTES
from shopcast.sales.http.seller_routes import SELLER_ROUTES
from shopcast.sales.http.sold_return_routes import SOLD_RETURN_ROUTES
from shopcast.sales.http.standing_routes import STANDING_ROUTES
from shopcast.sales.http.subscription_routes import SUBSCRIPTION_ROUTES
from shopcast.sales.http.webhook_routes import WEBHOOK_ROUTES

ROUTES: list[ControllerRouterHandler] = [
    *HOLD_ROUTES,
    *DROP_ROUTES,
    *CART_ROUTES,
    *CHECKOUT_ROUTES,
    *ORDER_ROUTES,
    *PROMOTION_ROUTES,
    *SELLER_ROUTES,
    *FULFILMENT_ROUTES,
    *REFUND_PREVIEW_ROUTES,
    *RETURN_ROUTES,
    *SOLD_RETURN_ROUTES,
    *DISPUTE_ROUTES,
    *WEBHOOK_ROUTES,
    *PAYMENT_ROUTES,
    *OPERATOR_ROUTES,
    *STANDING_ROUTES,
    *SUBSCRIPTION_ROUTES,
    *CHAT_ORDER_ROUTES,
    *RESTRICTION_ROUTES,
]

__all__ = ["ROUTES", "checkout_door", "hold_door"]
