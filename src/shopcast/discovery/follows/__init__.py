"""Follows: who wants to hear of a host or a seller."""
