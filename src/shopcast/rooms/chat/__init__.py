"""Chat: what may be said, by whom, and what moderators may do about it."""
