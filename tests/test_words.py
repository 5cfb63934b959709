"""What is promised about words and papers: both languages, unique names, a README and decisions that can be found."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from litestar.handlers import HTTPRouteHandler

import shopcast
from shopcast import wiring
from shopcast.kernel.errors import Language, Refused, ShopcastError
from shopcast.web.operations import ROUTES as OPERATION_ROUTES

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "shopcast"
# Written down where people look for them; another host in a file is somebody's mirror.
PLACES = (
    "src",
    "tests",
    "docs",
    "scripts",
    "bench",
    "frontend",
    "Makefile",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
SUFFIXES = (".py", ".md", ".toml", ".ts", ".mjs", ".json", ".html", ".css", ".lock", ".txt", ".csv", "")
_PARAMETER = re.compile(r"\{(\w+)\}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def errors() -> list[type[ShopcastError]]:
    """Every refusal of the package, from every module of it."""
    for module in pkgutil.walk_packages(shopcast.__path__, "shopcast."):
        # Those two run when they are imported.
        if not module.name.endswith("__main__") and module.name != "shopcast.migrations.env":
            importlib.import_module(module.name)
    found: list[type[ShopcastError]] = []
    waiting = [ShopcastError]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [one for one in below if one.__module__.startswith("shopcast.")]
    return sorted(set(found) - {Refused}, key=lambda one: (one.__module__, one.__name__))


def test_every_refusal_speaks_both_languages_of_the_same_things() -> None:
    found = errors()
    assert len(found) > 60
    for error in found:
        name = f"{error.__module__}.{error.__name__}"
        assert set(error.messages) == set(get_args(Language)), name
        english, chinese = error.messages["en"], error.messages["zh"]
        assert english.strip(), name
        assert _HAN.search(chinese), name
        assert not _HAN.search(english), name
        assert set(_PARAMETER.findall(english)) == set(_PARAMETER.findall(chinese)), name
        assert 400 <= error.status <= 599, name


def test_every_refusal_has_a_code_of_its_own() -> None:
    found = errors()
    counted = Counter(error.code for error in found)
    assert [code for code, count in counted.items() if count > 1] == []
    for error in found:
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", error.code), error
        domain = error.__module__.split(".")[1]
        if domain in {one.__name__.split(".")[1] for one in wiring.DOMAINS}:
            assert error.code.startswith(f"{domain}.") or "." not in error.code, error


def test_every_route_has_a_name_of_its_own() -> None:
    names: list[str] = []
    for route in (*wiring.ROUTES, *OPERATION_ROUTES):
        assert isinstance(route, HTTPRouteHandler)
        if route.include_in_schema is not False:
            assert isinstance(route.operation_id, str), route.paths
            names.append(route.operation_id)
    assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("domain", [one.__name__.split(".")[1] for one in wiring.DOMAINS])
def test_every_domain_says_what_it_is(domain: str) -> None:
    text = (SOURCE / domain / "README.md").read_text()
    assert len(text.splitlines()) <= 40
    assert text.lower().startswith(f"# {domain}\n")
    for part in ("Nouns", "nvariants", "vents"):
        assert part in text, part
    listed = (ROOT / "docs" / "architecture.md").read_text()
    assert f"src/shopcast/{domain}/README.md" in listed


def test_decisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    numbered = [name for name in names if name[:4].isdigit()]
    assert [int(name[:4]) for name in numbered] == list(range(1, len(numbered) + 1))
    assert len(numbered) >= 7


def pages() -> list[Path]:
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    return [*found, *SOURCE.rglob("README.md")]


def test_links_lead_somewhere() -> None:
    broken = []
    for page in pages():
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            path, _, _ = target.partition("#")
            if not (page.parent / path).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_file_names_this_machine_or_a_mirror() -> None:
    """Paths of whoever wrote it, and package hosts other than the public ones that lock files need."""
    mine = ("/" + "work/main", "/" + "work/shared", "/" + "tmp/plan")
    hosts = re.compile(r"https?://([\w.-]+(?::\d+)?)/[^\s\"']*(?:simple|packages|-/[\w.-]+\.tgz)")
    found = []
    for path in files():
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {one}" for one in mine if one in text]
        found += [f"{path.relative_to(ROOT)}: {host}" for host in set(hosts.findall(text))]
    assert found == []


def files() -> list[Path]:
    found = []
    for place in PLACES:
        top = ROOT / place
        for path in [top] if top.is_file() else top.rglob("*"):
            inside = path.relative_to(ROOT).parts
            made = {"node_modules", "__pycache__", "static", "dist"} & set(inside)
            if path.is_file() and not made and path.suffix in SUFFIXES and path.stat().st_size < 2_000_000:
                found.append(path)
    return [*found, *ROOT.glob("*.lock"), ROOT / "pyproject.toml"]
