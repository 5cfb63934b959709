"""Integrations: adapters of domain ports, and other people's systems. Each folder is one; none imports another."""
