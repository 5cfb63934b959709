"""What must be true of stock and money after every step, read from the rows alone; one line per violation."""

from typing import Any

from tests.factories import TestBackend

_CHECKS: dict[str, str] = {
    "stock was promised twice": (
        "SELECT variant_id FROM catalog_stock WHERE held + sold > on_hand OR held < 0 OR sold < 0"
    ),
    "held stock is not what open holds hold": (
        "SELECT variant_id, held FROM catalog_stock s WHERE held <>"
        " (SELECT COALESCE(SUM(quantity), 0) FROM sales_hold h WHERE h.variant_id = s.variant_id AND h.state = 'held')"
    ),
    "sold stock is not what was bought and kept": (
        "SELECT variant_id, sold FROM catalog_stock s WHERE sold <> (SELECT COALESCE(SUM(l.quantity), 0)"
        " FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id"
        " WHERE l.variant_id = s.variant_id AND o.state <> 'cancelled')"
    ),
    "a claimed hold is on no order, or an order's line has no claimed hold": (
        "SELECT h.id FROM sales_hold h LEFT JOIN sales_order_line l ON l.hold_id = h.id"
        " WHERE (h.state = 'claimed') <> (l.id IS NOT NULL)"
    ),
    "an order is not paid by one payment of its checkout": (
        "SELECT o.id FROM sales_order o JOIN sales_payment p ON p.id = o.payment_id JOIN sales_checkout c"
        " ON c.id = o.checkout_id LEFT JOIN sales_checkout_part t ON t.order_id = o.id"
        " WHERE p.checkout_id <> c.id OR t.checkout_id IS NOT c.id OR t.organisation_id <> o.organisation_id"
        " OR (o.paid_at IS NOT NULL AND (c.state <> 'paid' OR p.captured_minor <> (SELECT SUM(presentment_total_minor)"
        " FROM sales_order b WHERE b.checkout_id = c.id)))"
    ),
    "a checkout that is done lacks an order of one of its sellers, or one that is not has some": (
        "SELECT c.id, t.organisation_id FROM sales_checkout c JOIN sales_checkout_part t ON t.checkout_id = c.id"
        " LEFT JOIN sales_order o ON o.checkout_id = c.id AND o.organisation_id = t.organisation_id"
        " WHERE (c.state IN ('placed', 'paid') AND (o.id IS NULL OR t.order_id IS NOT o.id))"
        " OR (c.state NOT IN ('placed', 'paid') AND o.id IS NOT NULL AND o.state <> 'cancelled')"
    ),
    "a payment does not charge what its checkout's parts sum up to": (
        "SELECT p.id FROM sales_payment p JOIN sales_checkout c ON c.id = p.checkout_id"
        " WHERE p.amount_minor <> c.total_minor OR p.currency <> c.currency OR c.total_minor <>"
        " (SELECT SUM(presentment_minor) FROM sales_checkout_part t WHERE t.checkout_id = c.id)"
    ),
    "an order is not what its part was": (
        "SELECT o.id FROM sales_order o JOIN sales_checkout_part t ON t.order_id = o.id"
        " WHERE o.total_minor <> t.total_minor OR o.presentment_total_minor <> t.presentment_minor"
        " OR o.exchange_rate <> t.exchange_rate OR o.currency <> t.currency"
    ),
    "an order paid in its own currency costs something else": (
        "SELECT id FROM sales_order WHERE currency = presentment_currency"
        " AND (presentment_total_minor <> total_minor OR exchange_rate <> '1')"
    ),
    "lines, discounts, shipping and tax don't add up to the order's total": (
        "SELECT o.id FROM sales_order o WHERE o.total_minor <> (SELECT SUM(net_minor) FROM sales_order_line l"
        " WHERE l.order_id = o.id) + json_extract(o.totals, '$.shipping.amount_minor')"
        " + (CASE json_extract(o.totals, '$.tax_included') WHEN 1 THEN 0"
        " ELSE json_extract(o.totals, '$.tax.amount_minor') END)"
    ),
    "a line's discount is not the sum of its adjustments": (
        "SELECT l.id FROM sales_order_line l WHERE l.discount_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_adjustment a WHERE a.line_id = l.id)"
    ),
    "shipping was lowered by something else than its adjustments": (
        "SELECT o.id FROM sales_order o WHERE json_extract(o.totals, '$.shipping_discount.amount_minor') <>"
        " (SELECT COALESCE(SUM(amount_minor), 0) FROM sales_adjustment a WHERE a.order_id = o.id AND a.line_id IS NULL)"
    ),
    "a line has no progress, or one that is not its own": (
        "SELECT l.id FROM sales_order_line l LEFT JOIN sales_line_progress g ON g.line_id = l.id"
        " WHERE g.line_id IS NULL OR g.quantity <> l.quantity OR g.net_minor <> l.net_minor"
        " OR g.tax_minor <> l.tax_minor OR g.order_id <> l.order_id"
    ),
    "a checkout failed for good more or less than once": (
        "SELECT c.id FROM sales_checkout c WHERE (c.closed_at IS NOT NULL) <> (SELECT count(*) FROM kernel_events e"
        " WHERE e.event_type = 'sales.checkout_failed' AND json_extract(e.body, '$.checkout_id') = c.id)"
    ),
    "captured money is neither an order's nor on its way back": (
        "SELECT p.id FROM sales_payment p LEFT JOIN sales_order o ON o.payment_id = p.id"
        " WHERE p.captured_minor > 0 AND o.id IS NULL AND p.refund_requested_minor < p.captured_minor"
        " AND (SELECT count(*) FROM sales_refund r WHERE r.payment_id = p.id) < 3"
    ),
    "refunds asked for are not what the payment reserved": (
        "SELECT p.id FROM sales_payment p WHERE refund_requested_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_refund r WHERE r.payment_id = p.id AND r.state <> 'failed') OR refunded_minor > captured_minor"
    ),
    "an order's refunded sum is not that of its refunds": (
        "SELECT o.id FROM sales_order o WHERE presentment_refunded_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_refund r WHERE r.order_id = o.id AND r.state = 'succeeded') OR refunded_minor <>"
        " (SELECT COALESCE(SUM(goods_minor + shipping_minor + tax_minor), 0) FROM sales_refund r"
        " WHERE r.order_id = o.id AND r.state = 'succeeded')"
    ),
    "a cancelled order's money stays": (
        "SELECT o.id FROM sales_order o WHERE o.state = 'cancelled' AND o.paid_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM sales_refund r WHERE r.order_id = o.id)"
    ),
    "a hold's stock came back more or less than once": (
        "SELECT h.id FROM sales_hold h WHERE (SELECT count(*) FROM kernel_events e WHERE e.event_type ="
        " 'sales.hold_released' AND json_extract(e.body, '$.hold_id') = h.id)"
        " <> (CASE WHEN h.state IN ('held', 'wanted') THEN 0 ELSE 1 END) AND h.state <> 'claimed'"
    ),
    "an order was told as paid more or less than once": (
        "SELECT o.id FROM sales_order o WHERE (o.paid_at IS NOT NULL) <> (SELECT count(*) FROM kernel_events e"
        " WHERE e.event_type = 'sales.order_paid' AND json_extract(e.body, '$.order_id') = o.id)"
    ),
    "a show's running total is not that of its kept orders": (
        "SELECT t.show_id FROM sales_show_total t WHERE t.amount_minor <> (SELECT COALESCE(SUM(l.net_minor), 0)"
        " FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id"
        " WHERE l.show_id = t.show_id AND o.state = 'paid')"
    ),
}


def violations(backend: TestBackend) -> list[str]:
    """Empty when all is well."""
    found: list[str] = []
    for name, statement in _CHECKS.items():
        rows: list[tuple[Any, ...]] = backend.rows(statement)
        found.extend(f"{name}: {row}" for row in rows)
    return found
