"""Passwords: hashing, changing, resetting, and the links mailed for it."""
