"""Entry points for people at a terminal. Thin: every command calls a façade."""
