"""First step of every make target: a virtual environment with the locked requirements.

Runs on the machine's own Python with the standard library only, and must still parse on an old Python so that it can
say that the Python is too old. Then it hands over to `python -m deploy.local`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
LOCK = os.path.join(ROOT, "requirements-dev.lock")
STAMP = os.path.join(VENV, ".installed")
UV_VERSION = "0.13.9"
OLDEST_PYTHON = (3, 11)
NEEDED_MIB = 1500


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stop(text: str) -> None:
    say("\n  " + text + "\n")
    sys.exit(2)


def check_machine() -> None:
    """Refuse what cannot work, in one sentence each."""
    if sys.version_info < OLDEST_PYTHON:
        stop(
            "MSMEBazaar needs Python %d.%d or newer; %s is Python %d.%d. Name a newer one: make run PYTHON=python3.12"
            % (OLDEST_PYTHON + (sys.executable,) + sys.version_info[:2])
        )
    if not os.access(ROOT, os.W_OK):
        stop(f"This folder is not writable for you: {ROOT}. Clone into a folder of your own.")


def check_disk() -> None:
    free = shutil.disk_usage(ROOT).free // (1024 * 1024)
    if free < NEEDED_MIB:
        stop(f"The disk is too full: {free} MiB free, about {NEEDED_MIB} MiB needed for packages and data.")


def lock_digest() -> str:
    with open(LOCK, "rb") as lock:
        return hashlib.sha256(lock.read() + sys.version.encode()).hexdigest()


def is_installed() -> bool:
    try:
        with open(STAMP) as stamp:
            return stamp.read() == lock_digest()
    except OSError:
        return False


def install_environment() -> None:
    """UV_SYSTEM_CERTS lets uv trust the machine's certificates, as pip does through PIP_CERT."""
    if not os.path.exists(VENV_PYTHON):
        say("  creating .venv")
        made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            stop("Python's venv module is incomplete; on Debian: apt-get install python3-venv")
    say("  installing the locked packages (first time only, well under a minute on a usual line)")
    pip = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    environment = dict(os.environ, UV_SYSTEM_CERTS="1", VIRTUAL_ENV=VENV)
    if subprocess.run(pip + ["uv==" + UV_VERSION], stdout=subprocess.DEVNULL).returncode == 0:
        command = [os.path.join(VENV, "bin", "uv"), "pip", "sync", "--quiet", "--compile-bytecode"]
        command += ["--require-hashes", LOCK]
        installed = subprocess.run(command, env=environment).returncode == 0
    else:
        say("  uv is not to be had; using pip, which takes some minutes")
        installed = subprocess.run(pip + ["--require-hashes", "-r", LOCK]).returncode == 0
    if not installed:
        stop("The packages could not be installed; the lines above say why (network, or a full disk).")
    with open(STAMP, "w") as stamp:
        stamp.write(lock_digest())


def main() -> None:
    check_machine()
    started = time.time()
    if not is_installed():
        check_disk()
        install_environment()
        say(f"  packages ready after {time.time() - started:.0f} s")
    arguments = sys.argv[1:]
    if arguments:
        # Fifteen processes that each compile every module anew would double the time of a start.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.chdir(ROOT)
        os.execv(VENV_PYTHON, [VENV_PYTHON] + arguments)


if __name__ == "__main__":
    main()
