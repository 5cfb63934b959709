"""Abuse controls: who may not hold or buy for a while, why, and the way to object."""
