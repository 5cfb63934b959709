"""Refunds: how much of an order goes back, to the cent, over any sequence of cancellations and returns."""
