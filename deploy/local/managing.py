"""Management commands in a market's environment."""

import os
import subprocess
import sys
from collections.abc import Mapping

from deploy.local.home import ROOT, Home, LauncherError


def manage(home: Home, environment: dict[str, str], *arguments: str) -> None:
    """Run a management command; its words go to a log, and into the error when it fails."""
    log = home.logs / "setup.log"
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise LauncherError(f"`manage.py {' '.join(arguments)}` failed:\n{tail}")


def told_by(environment: Mapping[str, str], *arguments: str) -> str:
    """What a management command printed.

    Raises:
        LauncherError: it failed; with the end of what it said.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment, "LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise LauncherError(f"`manage.py {arguments[0]}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
