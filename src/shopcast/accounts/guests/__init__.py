"""Guests: a cookie that can own a hold or an order until an account claims it."""
