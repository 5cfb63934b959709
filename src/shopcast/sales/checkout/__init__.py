"""Checkout: from holds to a payment attempt, and from its outcome to an order."""
