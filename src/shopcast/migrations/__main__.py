"""`python -m shopcast.migrations URL`: a process of its own, so that nobody keeps Alembic in memory afterwards."""

import sys

from shopcast.migrations import upgrade

if len(sys.argv) not in (2, 3):
    sys.exit("usage: python -m shopcast.migrations DATABASE_URL [REVISION]")
upgrade(*sys.argv[1:])
