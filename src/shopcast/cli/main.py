"""The command `shopcast`."""

import argparse
import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shopcast.cli.catalog_import import import_catalog
from shopcast.cli.cluster import Numbers, cluster
from shopcast.cli.demo.run import demo
from shopcast.cli.operators import create_operator
from shopcast.cli.roles import run_role, run_test_provider
from shopcast.cli.serve import serve
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.errors import ShopcastError
from shopcast.web.main import openapi_json
from shopcast.wiring import migrate

# Twelve viewers write a line every few seconds: enough to see how a room feels.
DEMO_CROWD = 12


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    command: Callable[[Settings, argparse.Namespace], int] = given.run
    try:
        return command(Settings.from_env(os.environ), given)
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
    except ShopcastError as refused:
        print(refused.message("en"), file=sys.stderr)
    except subprocess.CalledProcessError as failed:
        print(f"Shopcast stopped: `{' '.join(map(str, failed.cmd))}` failed; the reason is above.", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shopcast", description="Live commerce: sell over live video.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run a shop").set_defaults(run=_serve)
    demo = commands.add_parser("demo", help="run a shop with a demo market in it")
    demo.add_argument(
        "--crowd", type=int, default=DEMO_CROWD, metavar="N", help="simulated viewers (default %(default)s)"
    )
    demo.set_defaults(run=_demo)
    _cluster_commands(commands)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=_migrate)
    _catalog_commands(commands.add_parser("catalog", help="work on a catalogue"))
    _operator_commands(commands.add_parser("operator", help="people who run this installation"))
    openapi = commands.add_parser("openapi", help="print the OpenAPI description of the API")
    openapi.set_defaults(run=_openapi)
    return parser


_ROLES = {
    "web": "one web process of a cluster: pages and the API",
    "rooms": "one rooms process of a cluster: the sockets of viewers",
    "media": "one media node of a cluster: takes broadcasts, serves and records them",
    "worker": "one worker of a cluster: events, jobs, periodic work",
}


def _cluster_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for role, what in _ROLES.items():
        commands.add_parser(role, help=what).set_defaults(run=_role, role=role)
    bank = commands.add_parser("test-provider", help="the simulated bank of a cluster that takes test payments")
    bank.add_argument("--shop-url", metavar="URL", help="where its webhooks go (default: SHOPCAST_PUBLIC_URL)")
    bank.set_defaults(run=_test_provider)
    together = commands.add_parser("cluster", help="all roles of a cluster on this machine")
    for role in _ROLES:
        default = getattr(Numbers(), role)
        together.add_argument(
            f"--{role}", type=int, default=default, metavar="N", help=f"{role} processes (default {default})"
        )
    together.set_defaults(run=_cluster)


def _catalog_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load = commands.add_parser("import", help="import a Shopify product CSV")
    load.add_argument("file", type=Path)
    load.add_argument("--organisation", metavar="SLUG", help="needed when there is more than one seller")
    load.set_defaults(run=_import)


def _operator_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make somebody an operator (asks for a password)")
    create.add_argument("email")
    create.add_argument("--name", default="Operator")
    create.set_defaults(run=_create_operator)


def _serve(settings: Settings, given: argparse.Namespace) -> int:
    return serve(settings)


def _demo(settings: Settings, given: argparse.Namespace) -> int:
    return demo(settings, max(0, min(given.crowd, 200)))


def _role(settings: Settings, given: argparse.Namespace) -> int:
    return run_role(settings, given.role)


def _test_provider(settings: Settings, given: argparse.Namespace) -> int:
    return run_test_provider(settings, given.shop_url)


def _cluster(settings: Settings, given: argparse.Namespace) -> int:
    return cluster(settings, Numbers(web=given.web, rooms=given.rooms, media=given.media, worker=given.worker))


def _migrate(settings: Settings, given: argparse.Namespace) -> int:
    migrate(settings)
    print("The database is up to date.")
    return 0


def _import(settings: Settings, given: argparse.Namespace) -> int:
    return import_catalog(settings, given.file, given.organisation)


def _create_operator(settings: Settings, given: argparse.Namespace) -> int:
    return create_operator(settings, given.email, given.name, getpass.getpass("Password: "))


def _openapi(settings: Settings, given: argparse.Namespace) -> int:
    sys.stdout.write(openapi_json(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
