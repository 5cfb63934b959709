"""The command `shopcast`."""

import argparse
import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shopcast.cli.backups import make_backup, restore_backup
from shopcast.cli.catalog_import import import_catalog
from shopcast.cli.cluster import Numbers, cluster
from shopcast.cli.demo.run import demo
from shopcast.cli.doctor import examine
from shopcast.cli.language import terminal_language, told
from shopcast.cli.operators import create_operator
from shopcast.cli.roles import require_cluster, run_role, run_test_provider
from shopcast.cli.serve import serve
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.errors import ShopcastError
from shopcast.operate.backup import BackupError
from shopcast.web.main import openapi_json
from shopcast.wiring import migrate

# Twelve viewers write a line every few seconds: enough to see how a room feels.
DEMO_CROWD = 12


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    command: Callable[[Settings, argparse.Namespace], int] = given.run
    try:
        return command(Settings.from_env(os.environ), given)
    except OSError as refused:
        print(f"Shopcast stopped: {refused}", file=sys.stderr)
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
    except (ShopcastError, BackupError) as refused:
        print(refused.message(terminal_language()), file=sys.stderr)
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
    _backup_commands(commands)
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
    together.add_argument("--demo", action="store_true", help="with the demo market in it")
    together.set_defaults(run=_cluster)


def _catalog_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load = commands.add_parser("import", help="import a Shopify product CSV")
    load.add_argument("file", type=Path)
    load.add_argument("--organisation", metavar="SLUG", help="needed when there is more than one seller")
    load.set_defaults(run=_import)


def _backup_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    where = told("FILE.tar, DIRECTORY or s3://bucket/prefix", "FILE.tar、目录或 s3://bucket/prefix")
    without = told("leave the installation's secret out", "不包含本安装的密钥")
    make = commands.add_parser("backup", help=told("copy everything of a running shop", "备份运行中商店的全部内容"))
    make.add_argument("where", metavar="WHERE", help=where)
    make.add_argument(
        "--keep", type=int, metavar="N", help=told("drop all but the newest N backups there", "仅保留最近 N 个备份")
    )
    make.add_argument("--without-secret", action="store_true", help=without)
    make.set_defaults(run=_backup)
    put_back = commands.add_parser(
        "restore", help=told("put a backup into an empty installation", "将备份恢复到空的安装中")
    )
    put_back.add_argument("where", metavar="WHERE", help=where)
    put_back.add_argument("--name", help=told("which of several (default: the newest)", "选择哪个备份(默认最新)"))
    put_back.add_argument(
        "--replace", action="store_true", help=told("also where there is a shop already", "即使已有商店也恢复")
    )
    put_back.add_argument("--without-secret", action="store_true", help=without)
    put_back.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help=told("say what is wrong with an installation", "诊断安装中的问题"))
    doctor.add_argument("--json", action="store_true", help=told("for machines", "供程序读取"))
    doctor.set_defaults(run=_doctor)


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
    numbers = Numbers(web=given.web, rooms=given.rooms, media=given.media, worker=given.worker)
    if given.demo:
        require_cluster(settings, "cluster")
        return demo(settings, DEMO_CROWD, lambda chosen, extra, on_ready: cluster(chosen, numbers, extra, on_ready))
    return cluster(settings, numbers)


def _migrate(settings: Settings, given: argparse.Namespace) -> int:
    migrate(settings)
    print("The database is up to date.")
    return 0


def _import(settings: Settings, given: argparse.Namespace) -> int:
    return import_catalog(settings, given.file, given.organisation)


def _create_operator(settings: Settings, given: argparse.Namespace) -> int:
    return create_operator(settings, given.email, given.name, getpass.getpass("Password: "))


def _backup(settings: Settings, given: argparse.Namespace) -> int:
    return make_backup(settings, given.where, given.keep, without_secret=given.without_secret)


def _restore(settings: Settings, given: argparse.Namespace) -> int:
    return restore_backup(settings, given.where, given.name, replace=given.replace, without_secret=given.without_secret)


def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    return examine(settings, as_json=given.json)


def _openapi(settings: Settings, given: argparse.Namespace) -> int:
    sys.stdout.write(openapi_json(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
