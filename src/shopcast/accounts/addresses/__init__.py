"""Addresses a person has things sent to."""
