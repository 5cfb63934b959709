"""Shopcast: open-source, self-hostable live commerce."""

__version__ = "0.1.0"
