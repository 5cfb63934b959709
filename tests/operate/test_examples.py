"""What operators copy from us names only what exists: settings, metrics, commands."""

import configparser
import importlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shopcast.cli.main import _parser
from shopcast.kernel import config
from shopcast.kernel.metrics import INSTRUMENTS, PROCESS_NAMES

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
MANIFESTS = ROOT / "deploy" / "kubernetes" / "shopcast.yaml"
ALERTS = ROOT / "docs" / "operate" / "alerts.yml"
DASHBOARD = ROOT / "docs" / "operate" / "grafana" / "shopcast.json"
OPERATING = sorted((ROOT / "docs" / "operate").glob("*.md"))
# Prometheus' own suffixes of a histogram.
_SUFFIX = re.compile(r"_(bucket|count|sum)$")


def test_alerts_name_metrics_that_exist_and_say_what_to_do() -> None:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert named_metrics(rule["expr"]) <= known_metrics(), rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["action"], rule["alert"]
        assert rule["labels"]["severity"] in ("page", "warn")


def test_the_dashboard_shows_metrics_that_exist() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    for expression in expressions:
        found = named_metrics(expression)
        assert found, expression
        assert found <= known_metrics(), expression
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_units_are_well_formed(path: Path, tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are case-sensitive
    unit.read_string(path.read_text())
    assert "Unit" in unit.sections()
    assert set(re.findall(r"SHOPCAST_[A-Z0-9_]+", path.read_text())) <= set(config._NAMES)
    program = tmp_path / "shopcast"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    if shutil.which("systemd-analyze"):
        copies = [tmp_path / other.name for other in UNITS]
        for other, copy in zip(UNITS, copies, strict=True):
            copy.write_text(other.read_text().replace("/opt/shopcast/bin/shopcast", str(program)))
        said = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / path.name)], capture_output=True, text=True, check=False
        )
        assert path.name.replace("@", "@i") not in said.stderr, said.stderr


def test_kubernetes_manifests_name_settings_and_roles_that_exist() -> None:
    documents = list(yaml.safe_load_all(MANIFESTS.read_text()))
    names = set(re.findall(r"SHOPCAST_[A-Z0-9_]+", MANIFESTS.read_text()))
    assert names <= set(config._NAMES)
    for container in (one for document in documents for one in containers(document)):
        # Argument lists are parsed as the command parses them.
        _parser().parse_args(container["args"])
    services = {document["metadata"]["name"] for document in documents if document["kind"] == "Service"}
    backends = {
        path["backend"]["service"]["name"]
        for document in documents
        if document["kind"] == "Ingress"
        for rule in document["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert backends <= services
    roles = {document["spec"]["template"]["metadata"]["labels"]["role"] for document in documents if pods(document)}
    assert roles == {"web", "rooms", "worker", "media"}
    for document in filter(pods, documents):
        for container in containers(document):
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            assert ports["operate"] == 9100
            assert {"readinessProbe", "livenessProbe", "startupProbe"} <= set(container)


@pytest.mark.parametrize("path", OPERATING, ids=lambda path: path.name)
def test_operating_documents_name_settings_and_files_that_exist(path: Path) -> None:
    text = path.read_text()
    names = {name for name in re.findall(r"SHOPCAST_[A-Z0-9_]+", text) if not name.endswith("_")}
    assert names <= set(config._NAMES)
    for link in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in link:
            assert (path.parent / link).exists(), link
    for file in re.findall(r"`((?:deploy|bench)/[\w./@-]+)`", text):
        assert (ROOT / file).exists(), file


def named_metrics(expression: str) -> set[str]:
    names = set(re.findall(r"\bshopcast_[a-z_]+(?![a-z_(])", expression.replace("shopcast_(media_)?", "shopcast_")))
    return {_SUFFIX.sub("", name) if name not in known_metrics() else name for name in names}


def known_metrics() -> frozenset[str]:
    # Instruments are declared where they are used: by then all of it must be loaded.
    for module in ("shopcast.backends.cluster", "shopcast.media.engine.cluster.node"):
        importlib.import_module(module)
    return INSTRUMENTS.names | set(PROCESS_NAMES)


def containers(document: Any) -> list[Any]:
    spec = document.get("spec", {})
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return [] if template is None else list(template["spec"]["containers"])


def pods(document: Any) -> bool:
    return document["kind"] in ("Deployment", "StatefulSet")
