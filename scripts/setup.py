#!/usr/bin/env python3
"""Set Shopcast up from a fresh clone: virtual environment, locked dependencies, front end, and what tests need.

Standard library only, since nothing is installed yet. Every step is skipped when its inputs have not changed
(their digest is kept in .setup/), so that a second start costs next to nothing.

    scripts/setup.py run     what `make run` needs
    scripts/setup.py test    that, and what `make test` needs (as root on Debian it installs what is missing)
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".setup"
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src" / "shopcast" / "web" / "static"
PYTHON_MIN = (3, 11)
NODE_MIN = (20, 19)  # Vite's own lower bound

# What tests need -> the Debian package that has it. The fonts are for Chinese in screenshots.
DEBIAN_PACKAGES = {
    "ffmpeg": "ffmpeg",
    "chromium": "chromium",
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "nginx": "nginx",
    # Fault tests cut networks.
    "ip": "iproute2",
}
# Servers are started by the tests alone, with ports and folders of their own: a package must not start one by itself.
POLICY = Path("/usr/sbin/policy-rc.d")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=("run", "test"))
    target = parser.parse_args().target
    require_python()
    STAMPS.mkdir(exist_ok=True)
    step("Python environment", VENV / "bin" / "python", [], create_environment)
    inputs = python_inputs(target)
    step("Python dependencies", VENV / "bin" / "shopcast", inputs, lambda: install_python(target), target)
    step("Front-end dependencies", FRONTEND / "node_modules", [FRONTEND / "package-lock.json"], install_frontend)
    step("Front-end build", STATIC, list(frontend_sources()), build_frontend)
    if target == "test":
        return install_test_tools()
    return 0


def require_python() -> None:
    if sys.version_info < PYTHON_MIN:
        sys.exit(
            f"Shopcast needs Python {PYTHON_MIN[0]}.{PYTHON_MIN[1]} or later; this is {sys.version.split()[0]}. "
            "Install a newer one and run `make PYTHON=python3.12 …` with its name."
        )


def step(title: str, product: Path, inputs: Iterable[Path], work: Callable[[], None], variant: str = "") -> None:
    stamp = STAMPS / (title.lower().replace(" ", "-") + ".digest")
    digest = digest_of(inputs, variant)
    if product.exists() and stamp.exists() and satisfied(stamp.read_text().split(), digest, variant):
        return
    print(f"==> {title} …", flush=True)
    started = time.monotonic()
    work()
    stamp.write_text(f"{digest} {variant}")
    print(f"    done in {time.monotonic() - started:.0f} s", flush=True)


def satisfied(recorded: list[str], digest: str, variant: str) -> bool:
    """The test set-up contains the run set-up, so a later `make run` must not install again."""
    if recorded == ([digest, variant] if variant else [digest]):
        return True
    return variant == "run" and recorded == [digest_of(python_inputs("test"), "test"), "test"]


def digest_of(paths: Iterable[Path], variant: str) -> str:
    whole = hashlib.sha256(variant.encode())
    for path in sorted(paths):
        whole.update(str(path.relative_to(ROOT)).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def python_inputs(target: str) -> list[Path]:
    locks = [ROOT / "requirements.lock"]
    if target == "test":
        locks.append(ROOT / "requirements-dev.lock")
    return [*locks, ROOT / "pyproject.toml"]


def frontend_sources() -> Iterable[Path]:
    skipped = {"node_modules", "dist", ".vite"}
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in skipped]
        yield from (Path(folder) / name for name in files)


def create_environment() -> None:
    if not (VENV / "bin" / "python").exists():
        try:
            run([sys.executable, "-m", "venv", str(VENV)])
        except subprocess.CalledProcessError:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit("Python cannot make a virtual environment here. On Debian: apt-get install python3-venv")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    run([*pip, "-r", "requirements-uv.lock"])


def install_python(target: str) -> None:
    lock = "requirements-dev.lock" if target == "test" else "requirements.lock"
    uv("pip", "install", "--require-hashes", "-r", lock)
    uv("pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ".")


def uv(*arguments: str) -> None:
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    run([str(VENV / "bin" / "uv"), *arguments], environment)


def install_frontend() -> None:
    environment = node_environment()
    run(["npm", "ci", "--no-fund", "--no-audit", "--loglevel=error"], environment, FRONTEND)


def build_frontend() -> None:
    run(["npm", "run", "--silent", "build"], node_environment(), FRONTEND)


def node_environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are recent enough; without them they come from PyPI."""
    own = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    if node_version("node") >= NODE_MIN and shutil.which("npm"):
        return dict(os.environ)
    if not (VENV / "bin" / "node").exists():
        print("    no recent Node.js here; installing it from PyPI", flush=True)
        uv("pip", "install", "--require-hashes", "-r", "requirements-node.lock")
    return {**os.environ, "PATH": own}


def node_version(command: str) -> tuple[int, ...]:
    path = shutil.which(command)
    if path is None:
        return (0,)
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    try:
        return tuple(int(part) for part in answer.stdout.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return (0,)


def install_test_tools() -> int:
    missing = [package for command, package in DEBIAN_PACKAGES.items() if not installed(command)]
    if shutil.which("fc-list") is None or "Noto Sans CJK" not in output_of(["fc-list"]):
        missing.append("fonts-noto-cjk")
    if not missing:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"==> Debian packages: {' '.join(missing)} …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], environment)
        with no_service_started():
            run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], environment)
        return 0
    print(f"Tests need these, please install them: {' '.join(missing)}", file=sys.stderr)
    return 1


def installed(command: str) -> bool:
    """Debian keeps PostgreSQL's programs off the path, and servers off that of a plain user."""
    beside = (*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/sbin"))
    return shutil.which(command) is not None or any((folder / command).exists() for folder in beside)


@contextlib.contextmanager
def no_service_started() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def output_of(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def run(command: list[str], environment: dict[str, str] | None = None, folder: Path = ROOT) -> None:
    subprocess.run(command, check=True, cwd=folder, env=environment)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        command = " ".join(map(str, failed.cmd))
        sys.exit(f"Set-up stopped: `{command}` ended with {failed.returncode}. Fix that and run again.")
