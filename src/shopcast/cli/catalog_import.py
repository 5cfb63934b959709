"""`shopcast catalog import FILE`"""

import sys
from pathlib import Path

from shopcast import accounts, catalog
from shopcast.cli.backend import backend_for_command
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ShopcastError

PROBLEMS_SHOWN = 50


def import_catalog(settings: Settings, file: Path, slug: str | None) -> int:
    """0 when every row was used, 1 when some were not, 2 when nothing could be done."""
    with backend_for_command(settings) as backend:
        chosen = slug or _only_seller(backend.reads.run_blocking(accounts.seller_slugs))
        if chosen is None:
            return 2
        try:
            report = catalog.import_file(backend.actions, backend.reads, backend.blobs, file, chosen, _show_progress)
        except ShopcastError as refused:
            print(refused.message("en"), file=sys.stderr)
            return 2
        except OSError as unreadable:
            print(f"{file} can't be read: {unreadable.strerror}. Check the path.", file=sys.stderr)
            return 2
    return _print_report(report)


def _only_seller(slugs: list[str]) -> str | None:
    if len(slugs) == 1:
        return slugs[0]
    if not slugs:
        print("There is no seller yet. Register one on the page /register first.", file=sys.stderr)
    else:
        print(f"Say for whom: --organisation with one of {', '.join(slugs[:20])}", file=sys.stderr)
    return None


def _show_progress(run: catalog.ImportRun) -> None:
    if sys.stderr.isatty():
        print(f"\r{run.rows_done} of {run.rows_total} rows", end="", file=sys.stderr, flush=True)


def _print_report(report: catalog.ImportReport) -> int:
    run = report.run
    print(
        f"{run.rows_total} rows: {run.products_created} products created, {run.products_updated} updated, "
        f"{run.products_unchanged} unchanged; {run.problems_count} problems."
    )
    for problem in report.problems[:PROBLEMS_SHOWN]:
        print(f"  line {problem.line}, {problem.column}: {problem.reason('en')}")
    if run.problems_count > PROBLEMS_SHOWN:
        print(f"  … and {run.problems_count - PROBLEMS_SHOWN} more")
    return 1 if run.problems_count else 0
