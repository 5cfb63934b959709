"""Disputes: what the bank asks about a payment, the evidence kept since the sale, and how it ended."""
