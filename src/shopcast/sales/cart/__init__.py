"""Cart: what a buyer has set aside or wants, over several sellers, and what it costs now."""
