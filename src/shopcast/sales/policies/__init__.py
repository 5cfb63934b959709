"""Policies: how a seller ships, taxes and on which terms; versioned, never edited."""
