"""A stand-in for Stripe's API on loopback. The objects in recorded/ have the shape its public API reference shows
(docs.stripe.com/api, version 2026-10-28), written down by hand with made-up ids: no account was ever asked. Which test
payment method does what follows docs.stripe.com/testing."""
