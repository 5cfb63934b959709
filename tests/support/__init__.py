"""A real shop for tests that drive it through its doors: processes, people, encoders, sockets, browsers."""
