"""Runs something once in a forked child: what it imports, opens or starts is gone before the roles are forked."""

import os
import sys
import traceback
from collections.abc import Callable


def in_a_child(what: str, work: Callable[[], None]) -> None:
    """Exits this process too when the work failed; its traceback was printed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001  # whatever it was, the person reads it and nothing starts
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{what} failed; the reason is above.")
