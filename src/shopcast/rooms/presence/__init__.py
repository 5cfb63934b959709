"""Presence: how many people are in a room, counted honestly and kept as samples."""
