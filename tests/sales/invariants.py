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
        " ON c.id = o.checkout_id WHERE p.checkout_id <> c.id OR c.order_id <> o.id OR c.state <> 'paid'"
        " OR p.captured_minor <> o.total_minor"
    ),
    "a paid checkout has no order": (
        "SELECT c.id FROM sales_checkout c LEFT JOIN sales_order o ON o.checkout_id = c.id"
        " WHERE (c.state = 'paid') <> (o.id IS NOT NULL)"
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
        "SELECT o.id FROM sales_order o WHERE refunded_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_refund r WHERE r.order_id = o.id AND r.state = 'succeeded')"
    ),
    "a cancelled order's money stays": (
        "SELECT o.id FROM sales_order o WHERE o.state = 'cancelled' AND NOT EXISTS"
        " (SELECT 1 FROM sales_refund r WHERE r.order_id = o.id)"
    ),
    "a hold's stock came back more or less than once": (
        "SELECT h.id FROM sales_hold h WHERE (SELECT count(*) FROM kernel_events e WHERE e.event_type ="
        " 'sales.hold_released' AND json_extract(e.body, '$.hold_id') = h.id)"
        " <> (CASE h.state WHEN 'held' THEN 0 ELSE 1 END) AND h.state <> 'claimed'"
    ),
    "an order was told as paid more or less than once": (
        "SELECT o.id FROM sales_order o WHERE 1 <> (SELECT count(*) FROM kernel_events e WHERE e.event_type ="
        " 'sales.order_paid' AND json_extract(e.body, '$.order_id') = o.id)"
    ),
    "a show's running total is not that of its kept orders": (
        "SELECT t.show_id FROM sales_show_total t WHERE t.amount_minor <> (SELECT COALESCE(SUM(l.amount_minor), 0)"
        " FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id"
        " WHERE l.show_id = t.show_id AND o.state IN ('placed', 'paid'))"
    ),
}


def violations(backend: TestBackend) -> list[str]:
    """Empty when all is well."""
    found: list[str] = []
    for name, statement in _CHECKS.items():
        rows: list[tuple[Any, ...]] = backend.rows(statement)
        found.extend(f"{name}: {row}" for row in rows)
    return found
