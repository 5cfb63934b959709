"""Holds: a buyer's claim on stock and a price, for five minutes."""
