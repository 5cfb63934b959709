"""Stock: what can still be bought, held for a buyer, or is sold."""
