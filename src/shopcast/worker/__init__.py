"""Entry point of the worker process: jobs, periodic work, the media controller and the built-in test provider."""
