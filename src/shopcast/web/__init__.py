"""Entry point of the web process: pages, the API and the rooms' sockets on one port. Thin: domains do the work."""
