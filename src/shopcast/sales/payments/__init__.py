"""Payments: the provider's port, its events, their fold, webhooks and refunds."""
