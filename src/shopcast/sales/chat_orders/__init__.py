"""Comment-to-buy: a chat line that orders takes a hold and sends the way to pay; it never charges."""
