"""`python -m shopcast.migrations URL`: a process of its own, so that nobody keeps Alembic in memory afterwards."""

import sys

from shopcast.migrations import upgrade

if len(sys.argv) != 2:
    sys.exit("usage: python -m shopcast.migrations DATABASE_URL")
upgrade(sys.argv[1])
