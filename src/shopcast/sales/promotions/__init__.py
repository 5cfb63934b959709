"""Promotions of sellers and of the platform: what they take off, who may have them, and how often."""
