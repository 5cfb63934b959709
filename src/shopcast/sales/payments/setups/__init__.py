"""Keeping a card without charging it."""
