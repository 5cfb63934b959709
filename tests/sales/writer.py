"""The writer's process for races over real sockets, with everything a sale needs."""

import sys
from pathlib import Path

from shopcast.backends.sqlite.writer import run_writer
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from tests.sales.support import DOMAINS


def sales_registry() -> Registry:
    return Registry(
        actions=[spec for domain in DOMAINS for spec in domain.ACTIONS],
        subscriptions=[one for domain in DOMAINS for one in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
    )


def main(data_dir: str) -> None:
    run_writer(Settings(data_dir=Path(data_dir)), sales_registry(), SystemClock())


if __name__ == "__main__":
    main(sys.argv[1])
