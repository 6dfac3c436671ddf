"""Tools whose requirements contradict ours: each in an environment of its own in `.tools/`, from its lock file."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from deploy.local.debian import FOLDER
from deploy.local.home import LauncherError


def isolated(name: str, lock: Path) -> Path:
    """The tool's program; made when it is missing or another version.

    Raises:
        LauncherError: its packages could not be had.
    """
    folder, uv = FOLDER / name, Path(sys.executable).parent / "uv"
    stamp, digest = folder / ".installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != digest:
            for command in (
                ["venv", "--quiet", "--clear", str(folder)],
                ["pip", "sync", "--quiet", "--python", str(folder / "bin" / "python"), "--require-hashes", str(lock)],
            ):
                done = subprocess.run([uv, *command], env={**os.environ, "UV_SYSTEM_CERTS": "1"}, capture_output=True)
                if done.returncode != 0:
                    raise LauncherError(f"{name} could not be installed: {done.stderr.decode()[-500:]}")
            stamp.write_text(digest)
    return folder / "bin" / name
