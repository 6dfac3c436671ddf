"""No secret in the repository: every tracked file is read by detect-secrets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.home import ROOT

# Generated, or public tables: hashes, codes of trades and places, translations.
NOT_READ = (".lock", "openapi.yaml", ".csv", ".po", ".mo", ".png", ".svg", ".min.js", "search-plans.md")
HARMLESS = {
    (".env.example", "Basic Auth Credentials"),  # user:password
    (".github/workflows/ci.yml", "Basic Auth Credentials"),  # bazaar:bazaar, a server that lives as long as its job
    (".github/workflows/ci.yml", "Secret Keyword"),
    ("deploy/check_production.py", "Basic Auth Credentials"),  # bazaar:unused
    ("deploy/check_production.py", "Secret Keyword"),  # "unused"
    ("deploy/kubernetes/overlays/production/ingress.yaml", "Secret Keyword"),  # the name of a Secret
    ("deploy/local/home.py", "Secret Keyword"),  # begins a key that is made at random
    ("matching/services/masking.py", "Secret Keyword"),  # the name of a rule
    ("valuation/packs/IN-2026-01.json", "Hex High Entropy String"),  # SHA-256 of coefficients
    ("valuation/packs/IN-2026-11.json", "Hex High Entropy String"),
    ("tests/data/identifiers.json", "Twilio API Key"),  # vectors of signatures: a made-up account
}
MADE_UP_IN_TESTS = {"Secret Keyword", "Hex High Entropy String", "Base64 High Entropy String", "Basic Auth Credentials"}


def found_in(*files: str, root: Path = ROOT) -> set[tuple[str, str]]:
    """(file, kind) of what looks like a secret."""
    command = [str(Path(sys.executable).parent / "detect-secrets"), "scan", "--no-verify", *files]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return {
        (name, secret["type"]) for name, secrets in json.loads(done.stdout)["results"].items() for secret in secrets
    }


@pytest.mark.long
def test_nothing_that_is_tracked_looks_like_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [name for name in listed.split("\0") if name and not name.endswith(NOT_READ)]
    found = {
        (name, kind) for name, kind in found_in(*files) if not (name.startswith("tests/") and kind in MADE_UP_IN_TESTS)
    }

    assert found == HARMLESS


def test_a_secret_would_be_found(tmp_path: Path) -> None:
    leaked = tmp_path / "settings.py"
    leaked.write_text('AWS = "' + "AKIA" + 'IOSFODNN7EXAMPLE"\nKEY = """-----BEGIN ' + 'RSA PRIVATE KEY-----"""\n')

    assert {kind for _, kind in found_in("settings.py", root=tmp_path)} >= {"AWS Access Key", "Private Key"}
