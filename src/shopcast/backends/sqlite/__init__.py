"""SQLite, written by one process and read by all."""
