"""Importing product files."""
