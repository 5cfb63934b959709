"""Returns: authorisation, reception, acceptance and refund, each with its own state."""
