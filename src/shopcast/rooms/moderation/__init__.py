"""Moderation: what waits for a moderator, what was done about it, and who was shown out."""
