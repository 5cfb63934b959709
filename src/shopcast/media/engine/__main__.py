"""`python -m shopcast.media.engine`."""

from .run import main

main()
