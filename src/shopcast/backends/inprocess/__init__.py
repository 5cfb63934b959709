"""Ports kept within one process."""
