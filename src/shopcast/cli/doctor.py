"""`shopcast doctor`"""

import sys

import msgspec

from shopcast.cli.language import terminal_language, told
from shopcast.kernel.config import Settings
from shopcast.kernel.telemetry import set_up_logging
from shopcast.operate import doctor
from shopcast.wiring import build_registry

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}
# So that scripts can tell a warning from a failure.
_EXIT_CODES = {"ok": 0, "warn": 1, "fail": 2}


def examine(settings: Settings, *, as_json: bool) -> int:
    """0 all is well, 1 something should be looked at, 2 something is wrong."""
    set_up_logging("error", "doctor")
    language = terminal_language()
    worst = 0
    found = []
    for finding in doctor.examine(settings, build_registry()):
        worst = max(worst, _EXIT_CODES[finding.state])
        found.append(finding)
        if not as_json:
            said = finding.zh if language == "zh" else finding.en
            print(f"{_MARKS[finding.state]} {finding.name}: {said}", flush=True)
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    elif worst == 0:
        print(told("Nothing is wrong.", "未发现问题。"))
    return worst
