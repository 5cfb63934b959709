"""Drivers of the kernel's ports. Domains never import them; wiring does."""
