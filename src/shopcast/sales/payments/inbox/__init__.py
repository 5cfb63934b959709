"""What providers told us, as it came."""
