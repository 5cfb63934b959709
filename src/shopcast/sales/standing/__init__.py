"""Standing orders and waitlists: who gets it next when the price falls or stock comes back."""
