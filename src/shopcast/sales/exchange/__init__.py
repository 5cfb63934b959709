"""Exchange: what one currency is worth in another, as the operator says; snapshot on whatever uses it."""
