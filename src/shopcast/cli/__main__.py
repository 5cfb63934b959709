"""`python -m shopcast.cli`"""

import sys

from shopcast.cli.main import main

sys.exit(main())
