"""Views of a seller's list of orders."""
