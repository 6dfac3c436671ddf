"""Every file of deployment is one that its tool takes, offline: compose, Kubernetes, Dockerfile, YAML, workflows, shell."""

import configparser
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from deploy.local.home import ROOT
from deploy.local.isolated import isolated

BIN = Path(sys.executable).parent
KUBERNETES = "1.33"
DEPLOY = ROOT / "deploy"
OVERLAYS = ("kubernetes/overlays/production", "kubernetes/overlays/staging")
OF_KUBERNETES = {"v1", "networking.k8s.io/v1"}


def tool(name: str, *arguments: str, **more: Any) -> None:
    done = subprocess.run([str(BIN / name), *arguments], cwd=ROOT, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_compose_file_is_one() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_the_compose_file_has_the_whole_system() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    assert {f"worker-{queue}" for queue in settings.QUEUES} <= set(services)
    assert {"web-1", "web-2", "stream", "front", "beat", "database", "valkey", "cache", "store", "prometheus"} <= set(
        services
    )
    targets = yaml.safe_load((ROOT / "deploy" / "observability" / "targets.yml").read_text())[0]["targets"]
    assert {target.split(":")[0] for target in targets} <= set(services)
    latest = [
        name
        for name, service in services.items()
        if ":" not in service.get("image", ":") or "latest" in service.get("image", "")
    ]
    assert latest == []
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), f"{name} mounts {source}"


def test_the_dockerfile_follows_its_rules_and_leaves_nothing_out() -> None:
    tool("hadolint", "Dockerfile")
    text = (ROOT / "Dockerfile").read_text()
    assert all(
        f"COPY {app} {app}" in text
        for app in ("msmebazaar", *(app.name for app in ROOT.iterdir() if (app / "apps.py").exists()))
    )
    assert "USER 10001" in text
    assert "--require-hashes" in text


def test_yaml_is_tidy() -> None:
    tool("yamllint", "-s", "docker-compose.yml", "deploy", ".github")


@cache
def rendered(folder: str) -> list[dict[str, Any]]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on this machine; it renders the overlays")
    done = subprocess.run([kubectl, "kustomize", str(DEPLOY / folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_takes_the_overlay(overlay: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(yaml.safe_dump_all(rendered(overlay)))

    tool("kubernetes-validate", "--strict", "-k", KUBERNETES, str(file))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_are_confined_and_known_to_their_parts(overlay: str) -> None:
    objects = rendered(overlay)
    deployments = {entry["metadata"]["name"]: entry for entry in objects if entry["kind"] == "Deployment"}

    assert set(deployments) == {"web", "stream", "beat", *(f"worker-{queue}" for queue in settings.QUEUES)}
    templates = [entry["spec"]["template"] for entry in objects if entry["kind"] in ("Deployment", "Job")]
    templates += [entry["spec"]["jobTemplate"]["spec"]["template"] for entry in objects if entry["kind"] == "CronJob"]
    for template in templates:
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            confined = container["securityContext"]
            assert confined == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]
            assert not container["image"].endswith(("latest", "msmebazaar"))
    scaled = {
        entry["spec"]["scaleTargetRef"]["name"] for entry in objects if entry["kind"] == "HorizontalPodAutoscaler"
    }
    kept = {entry["metadata"]["name"] for entry in objects if entry["kind"] == "PodDisruptionBudget"}
    assert scaled | kept <= set(deployments)
    assert "web" in scaled & kept
    assert any(entry["kind"] == "NetworkPolicy" and entry["metadata"]["name"] == "deny-all" for entry in objects)


def test_the_database_is_one_that_kubernetes_and_its_operator_take(tmp_path: Path) -> None:
    """CloudNativePG's kinds are held against a schema of ours with the fields that we use: its own is not to be had offline."""
    objects = rendered("postgres")
    file = tmp_path / "all.yaml"
    file.write_text(yaml.safe_dump_all([entry for entry in objects if entry["apiVersion"] in OF_KUBERNETES]))
    tool("kubernetes-validate", "--strict", "-k", KUBERNETES, str(file))

    schema = json.loads((ROOT / "tests" / "data" / "cloudnative-pg.schema.json").read_text())
    of_the_operator = [entry for entry in objects if entry["apiVersion"] not in OF_KUBERNETES]
    assert {entry["kind"] for entry in of_the_operator} == {"Cluster", "Pooler", "ObjectStore", "ScheduledBackup"}
    for entry in of_the_operator:
        jsonschema.validate(entry, schema["$defs"][entry["kind"]] | {"$defs": schema["$defs"]})


def test_both_poolers_say_the_same_and_never_keep_a_session() -> None:
    """What `make faults` runs the market through is what the cluster gets."""
    ours = configparser.ConfigParser()
    ours.read(DEPLOY / "postgres" / "pgbouncer.ini")
    pooler = yaml.safe_load((DEPLOY / "postgres" / "pooler.yaml").read_text())["spec"]["pgbouncer"]

    assert pooler["poolMode"] == ours["pgbouncer"]["pool_mode"] == "transaction"
    assert pooler["parameters"].items() <= dict(ours["pgbouncer"]).items()


def test_policies_of_checkov_hold(tmp_path: Path) -> None:
    """What does not hold, and why, is in `.checkov.yaml`."""
    checkov = isolated("checkov", DEPLOY / "checkov.lock")
    for folder in (*OVERLAYS, "postgres"):
        (tmp_path / f"{Path(folder).name}.yaml").write_text(yaml.safe_dump_all(rendered(folder)))
    what = [
        ("-d", str(tmp_path), "--framework", "kubernetes"),
        ("-f", "Dockerfile", "--framework", "dockerfile"),
        ("-d", ".github", "--framework", "github_actions"),
    ]
    for arguments in what:
        tool(str(checkov), "--config-file", str(ROOT / ".checkov.yaml"), *arguments)


def test_workflows_are_ones_that_github_takes_and_give_nothing_away() -> None:
    files = sorted(str(file.relative_to(ROOT)) for file in (ROOT / ".github" / "workflows").glob("*.yml"))
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    tool("zizmor", "--offline", "--no-progress", ".github")


def test_the_shell_of_ci_is_sound() -> None:
    tool("shellcheck", ".ci/run")
