"""Organisations: who owns things, and which people act for them in which role."""
