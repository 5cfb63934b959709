"""Prices and their history."""
