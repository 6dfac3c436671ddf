"""Programs that come as Debian packages and as nothing else: unpacked into `.tools/`, without root and without installing."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.home import ROOT, LauncherError

FOLDER = ROOT / ".tools"


def program(package: str, path: str) -> Path:
    """The program at `path` (`usr/bin/promtool`) of a Debian package: the machine's own where it is installed.

    Raises:
        LauncherError: it is not installed, and this machine's package lists do not have it.
    """
    installed = shutil.which(Path(path).name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if installed:
        return Path(installed)
    found = FOLDER / package / path
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if not found.exists():
            unpack(package)
    return found


def libraries(*packages: str) -> dict[str, str]:
    """The environment in which a program finds libraries that come as Debian packages and are not on this machine."""
    folders = [program(package, "usr/lib/x86_64-linux-gnu") for package in packages]
    return {"LD_LIBRARY_PATH": ":".join(map(str, folders))}


def unpack(package: str) -> None:
    missing = f"{package} is not on this machine and could not be fetched; on Debian: apt-get install {package}"
    if shutil.which("apt-get") is None:
        raise LauncherError(missing)
    fetch = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package]
    if subprocess.run(fetch, cwd=FOLDER, capture_output=True).returncode != 0:
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        if subprocess.run(fetch, cwd=FOLDER, capture_output=True).returncode != 0:
            raise LauncherError(missing)
    archive = next(FOLDER.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", str(archive), str(FOLDER / package)], check=True)
    archive.unlink()
