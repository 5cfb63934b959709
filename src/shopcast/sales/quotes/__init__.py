"""Quotes: what it costs in the end, with shipping and tax, and when it arrives."""
