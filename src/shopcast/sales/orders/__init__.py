"""Orders: what was bought, with everything that was true at that moment."""
