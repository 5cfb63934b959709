"""Allocations: units of a seller's stock that only the buyers of one show can have."""
