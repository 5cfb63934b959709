"""What must be true of stock and money after every step, read from the rows alone; one line per violation."""

from typing import Any

from tests.factories import TestBackend

_CHECKS: dict[str, str] = {
    "stock was promised twice": (
        "SELECT variant_id FROM catalog_stock"
        " WHERE held + sold + set_aside > on_hand OR held < 0 OR sold < 0 OR set_aside < 0"
    ),
    "what is set aside is not what the shows have left": (
        'SELECT variant_id, set_aside FROM catalog_stock s WHERE set_aside <> (SELECT COALESCE(SUM(a."left"), 0)'
        " FROM catalog_set_aside a WHERE a.variant_id = s.variant_id AND a.is_open)"
    ),
    "a drop's pieces are not its holds": (
        "SELECT d.id, d.taken FROM sales_drop d WHERE d.taken > d.quantity OR d.taken <> (SELECT"
        " COALESCE(SUM(h.quantity), 0) FROM sales_hold h WHERE h.drop_id = d.id AND h.state IN ('held', 'claimed'))"
    ),
    "a customer's count at a drop is not their holds, or above the limit": (
        "SELECT t.drop_id, t.identity FROM sales_drop_take t JOIN sales_drop d ON d.id = t.drop_id"
        " WHERE t.identity LIKE 'buyer:%' AND (t.quantity > d.per_customer OR t.quantity <> (SELECT"
        " COALESCE(SUM(h.quantity), 0) FROM sales_hold h WHERE h.drop_id = d.id AND h.state IN ('held', 'claimed')"
        " AND 'buyer:' || h.buyer_key = t.identity))"
    ),
    "held stock is not what open holds hold": (
        "SELECT variant_id, held FROM catalog_stock s WHERE held <>"
        " (SELECT COALESCE(SUM(quantity), 0) FROM sales_hold h WHERE h.variant_id = s.variant_id AND h.state = 'held')"
    ),
    "sold stock is not what was bought, and neither cancelled nor back on sale": (
        "SELECT variant_id, sold FROM catalog_stock s WHERE sold <> (SELECT COALESCE(SUM(l.quantity - p.cancelled), 0)"
        " FROM sales_order_line l JOIN sales_line_progress p ON p.line_id = l.id WHERE l.variant_id = s.variant_id)"
        " - (SELECT COALESCE(SUM(i.restocked), 0) FROM sales_return_item i JOIN sales_order_line l ON l.id = i.line_id"
        " WHERE l.variant_id = s.variant_id)"
        # What was exchanged goes out, is cancelled and comes back as the other variant.
        " + (SELECT COALESCE(SUM(r.cancelled + r.restocked), 0) FROM sales_replacement r"
        " JOIN sales_order_line l ON l.id = r.line_id WHERE l.variant_id = s.variant_id)"
        " + (SELECT COALESCE(SUM(r.quantity - r.cancelled - r.restocked), 0) FROM sales_replacement r"
        " WHERE r.variant_id = s.variant_id)"
    ),
    "more was sent than was paid for and not cancelled, or more is on returns than was sent": (
        "SELECT line_id FROM sales_line_progress WHERE cancelled + shipped > quantity OR returned > shipped"
    ),
    "shipped units are not those in parcels that left, less what was exchanged and not sent again": (
        "SELECT p.line_id, p.shipped FROM sales_line_progress p WHERE p.shipped <>"
        " (SELECT COALESCE(SUM(s.quantity), 0) FROM sales_shipment_line s JOIN sales_shipment h ON h.id = s.shipment_id"
        " WHERE s.line_id = p.line_id AND h.state <> 'undone')"
        " - (SELECT COALESCE(SUM(i.exchanged), 0) FROM sales_return_item i WHERE i.line_id = p.line_id"
        " AND EXISTS (SELECT 1 FROM sales_replacement r WHERE r.return_item_id = i.id))"
    ),
    "units on returns are not those of their items": (
        "SELECT p.line_id, p.returned FROM sales_line_progress p WHERE p.returned <>"
        " (SELECT COALESCE(SUM(i.quantity - i.given_up - i.exchanged), 0) FROM sales_return_item i"
        " WHERE i.line_id = p.line_id)"
    ),
    "a return's refunds paid more units back than it counted": (
        "SELECT i.id, i.units_refunded FROM sales_return_item i WHERE i.units_refunded < (SELECT"
        " COALESCE(SUM(f.quantity), 0) FROM sales_refund_line f JOIN sales_refund r ON r.id = f.refund_id"
        " WHERE r.return_id = i.return_id AND f.line_id = i.line_id AND r.state <> 'failed')"
    ),
    "a line's refunds are not the sum of its refund rows": (
        "SELECT p.line_id FROM sales_line_progress p WHERE (refunded_units, goods_refunded_minor, tax_refunded_minor)"
        " <> (SELECT COALESCE(SUM(f.quantity), 0), COALESCE(SUM(f.goods_minor), 0), COALESCE(SUM(f.tax_minor), 0)"
        " FROM sales_refund_line f JOIN sales_refund r ON r.id = f.refund_id"
        " WHERE f.line_id = p.line_id AND r.state <> 'failed')"
        # Units that nothing was paid for leave no refund row.
        " AND p.net_minor > 0"
    ),
    "what an order asked back is not the sum of its refunds": (
        "SELECT m.order_id FROM sales_order_refunds m WHERE (m.asked_minor, m.presentment_asked_minor) <>"
        " (SELECT COALESCE(SUM(r.goods_minor + r.shipping_minor + r.tax_minor), 0), COALESCE(SUM(r.amount_minor), 0)"
        " FROM sales_refund r WHERE r.order_id = m.order_id AND r.state <> 'failed')"
    ),
    "a claimed hold is on no order, or an order's line has no claimed hold": (
        "SELECT h.id FROM sales_hold h LEFT JOIN sales_order_line l ON l.hold_id = h.id"
        " WHERE (h.state = 'claimed') <> (l.id IS NOT NULL)"
    ),
    "an order is not paid by one payment of its checkout": (
        "SELECT o.id FROM sales_order o JOIN sales_payment p ON p.id = o.payment_id JOIN sales_checkout c"
        " ON c.id = o.checkout_id LEFT JOIN sales_checkout_part t ON t.order_id = o.id"
        " WHERE p.checkout_id <> c.id OR COALESCE(t.checkout_id, '') <> c.id OR t.organisation_id <> o.organisation_id"
        " OR (o.paid_at IS NOT NULL AND (c.state <> 'paid' OR p.captured_minor <> (SELECT SUM(presentment_total_minor)"
        " FROM sales_order b WHERE b.checkout_id = c.id)))"
    ),
    "a checkout that is done lacks an order of one of its sellers, or one that is not has some": (
        "SELECT c.id, t.organisation_id FROM sales_checkout c JOIN sales_checkout_part t ON t.checkout_id = c.id"
        " LEFT JOIN sales_order o ON o.checkout_id = c.id AND o.organisation_id = t.organisation_id"
        " WHERE (c.state IN ('placed', 'paid') AND (o.id IS NULL OR COALESCE(t.order_id, '') <> o.id))"
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
        " WHERE l.order_id = o.id) + CAST(json_extract(o.totals, '$.shipping.amount_minor') AS BIGINT)"
        " + (CASE CAST(json_extract(o.totals, '$.tax_included') AS INTEGER) WHEN 1 THEN 0"
        " ELSE CAST(json_extract(o.totals, '$.tax.amount_minor') AS BIGINT) END)"
    ),
    "a line's discount is not the sum of its adjustments": (
        "SELECT l.id FROM sales_order_line l WHERE l.discount_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_adjustment a WHERE a.line_id = l.id)"
    ),
    "shipping was lowered by something else than its adjustments": (
        "SELECT o.id FROM sales_order o"
        " WHERE CAST(json_extract(o.totals, '$.shipping_discount.amount_minor') AS BIGINT) <>"
        " (SELECT COALESCE(SUM(amount_minor), 0) FROM sales_adjustment a WHERE a.order_id = o.id AND a.line_id IS NULL)"
    ),
    "a line has no progress, or one that is not its own": (
        "SELECT l.id FROM sales_order_line l LEFT JOIN sales_line_progress g ON g.line_id = l.id"
        " WHERE g.line_id IS NULL OR g.quantity <> l.quantity OR g.net_minor <> l.net_minor"
        " OR g.tax_minor <> l.tax_minor OR g.order_id <> l.order_id"
    ),
    "a checkout failed for good more or less than once": (
        "SELECT c.id FROM sales_checkout c"
        " WHERE (CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END) <> (SELECT count(*) FROM kernel_events e"
        " WHERE e.event_type = 'sales.checkout_failed' AND json_extract(e.body, '$.checkout_id') = c.id)"
    ),
    "captured money is neither an order's nor on its way back": (
        "SELECT p.id FROM sales_payment p LEFT JOIN sales_order o ON o.payment_id = p.id"
        # Half of what was reserved: the provider is still asked for the rest, or gives it up.
        " WHERE p.captured_minor > 0 AND p.state <> 'partially_captured'"
        # What the bank took back, or asks back, is not ours to give.
        " AND o.id IS NULL AND p.refund_requested_minor < p.captured_minor - p.reversed_minor - p.disputed_minor"
        " AND (SELECT count(*) FROM sales_refund r WHERE r.payment_id = p.id) < 3"
    ),
    "refunds asked for are not what the payment reserved": (
        "SELECT p.id FROM sales_payment p WHERE refund_requested_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_refund r WHERE r.payment_id = p.id AND r.currency = p.currency AND r.state <> 'failed')"
        " OR refunded_minor > captured_minor"
    ),
    "an order's refunded sum is not that of its refunds": (
        "SELECT o.id FROM sales_order o WHERE presentment_refunded_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
        " FROM sales_refund r WHERE r.order_id = o.id AND r.state = 'succeeded') OR refunded_minor <>"
        " (SELECT COALESCE(SUM(goods_minor + shipping_minor + tax_minor), 0) FROM sales_refund r"
        " WHERE r.order_id = o.id AND r.state = 'succeeded')"
    ),
    "a cancelled order's money stays": (
        "SELECT o.id FROM sales_order o WHERE o.state = 'cancelled' AND o.paid_at IS NOT NULL AND o.total_minor > 0"
        " AND NOT EXISTS"
        " (SELECT 1 FROM sales_refund r WHERE r.order_id = o.id) AND NOT EXISTS"
        # The bank was faster.
        " (SELECT 1 FROM sales_dispute d WHERE d.order_id = o.id AND d.state = 'lost')"
    ),
    "a hold's stock came back more or less than once": (
        "SELECT h.id FROM sales_hold h WHERE (SELECT count(*) FROM kernel_events e WHERE e.event_type ="
        " 'sales.hold_released' AND json_extract(e.body, '$.hold_id') = h.id)"
        " <> (CASE WHEN h.state IN ('held', 'wanted') THEN 0 ELSE (SELECT count(*) FROM kernel_events e"
        " WHERE e.event_type = 'sales.hold_placed' AND json_extract(e.body, '$.hold_id') = h.id) END)"
        " AND h.state <> 'claimed'"
    ),
    "an order was told as paid more or less than once": (
        "SELECT o.id FROM sales_order o"
        " WHERE (CASE WHEN o.paid_at IS NULL THEN 0 ELSE 1 END) <> (SELECT count(*) FROM kernel_events e"
        " WHERE e.event_type = 'sales.order_paid' AND json_extract(e.body, '$.order_id') = o.id)"
    ),
    "a promotion's uses are not those that were counted for a payment and kept": (
        "SELECT p.id FROM sales_promotion p WHERE p.used <> (SELECT count(*) FROM sales_promotion_redemption r"
        " WHERE r.promotion_id = p.id AND r.state IN ('reserved', 'settled')) OR p.used > p.usage_limit"
    ),
    "a code's uses are not those of its redemptions": (
        "SELECT c.code FROM sales_promotion_code c WHERE c.used <> (SELECT count(*) FROM sales_promotion_redemption r"
        " WHERE r.promotion_id = c.promotion_id AND r.code = c.code AND r.state IN ('reserved', 'settled'))"
    ),
    "a promotion is counted for a payment that is over, or not for an order that has it": (
        "SELECT r.checkout_id, r.promotion_id FROM sales_promotion_redemption r"
        " JOIN sales_checkout c ON c.id = r.checkout_id"
        " WHERE c.closed_at IS NOT NULL AND c.state = 'failed' AND r.state IN ('reserved', 'settled')"
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
