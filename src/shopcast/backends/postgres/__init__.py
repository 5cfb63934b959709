"""PostgreSQL as the engine of many processes on many machines."""
