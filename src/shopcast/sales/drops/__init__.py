"""Drops: so many pieces at a lower price for some minutes of a show."""
