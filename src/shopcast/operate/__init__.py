"""Operating an installation from a terminal: backup and restore, and the doctor who says what is wrong with it."""
