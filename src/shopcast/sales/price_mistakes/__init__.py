"""Price mistakes: a mistyped price stops the item, and its orders are honoured or paid back in bulk."""
