"""Subscriptions: what people buy regularly, told before each delivery and ended as easily as begun."""
