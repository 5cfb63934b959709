"""Moderation beyond one room: who is banned from an organisation's shows, and the words it mutes in all of them."""
