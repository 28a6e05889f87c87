"""Deployments on a real Prefect server: a schedule that runs, a change that triggers."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from promptops.testing.workspace import label_prompt, make_workspace

pytestmark = [pytest.mark.flow, pytest.mark.slow]

PATIENCE = 240


@pytest.fixture
def deployed(tmp_path):
    prompt = label_prompt("topic").replace(evals=())
    workspace = make_workspace(
        tmp_path / "shop",
        prompts={"support/topic": prompt},
        kb={"policies": {"returns.md": "# Returns\n\nWithin 30 days.\n"}},
        settings='[general]\nname = "shop"\n',
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "promptops.cli", "--workspace", str(workspace.root)),
            *("deploy", "--schedule", "* * * * *", "--port", str(port)),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield workspace, f"http://127.0.0.1:{port}/api"
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def runs_of(url, flow):
    body = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_ASC"}
    try:
        return httpx.post(f"{url}/flow_runs/filter", json=body, timeout=10).json()
    except httpx.HTTPError:
        return []


def completed(url, flow):
    """The first completed run of a flow, waited for; its failure is shown."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for run in runs_of(url, flow):
            assert run["state_type"] not in ("FAILED", "CRASHED"), run["state"]
            if run["state_type"] == "COMPLETED":
                return run
        time.sleep(2)
    pytest.fail(f"no {flow} run completed: {[run['state_name'] for run in runs_of(url, flow)]}")


def test_the_schedule_runs_and_a_changed_document_triggers_a_regression(deployed):
    workspace, url = deployed
    night = completed(url, "nightly")
    assert night["auto_scheduled"]
    assert runs_of(url, "kb-regression") == []
    (workspace.kb / "policies" / "returns.md").write_text("# Returns\n\nWithin 45 days.\n")
    triggered = completed(url, "kb-regression")
    assert triggered["parameters"] == {"workspace": str(workspace.root), "kb": "policies"}
    assert (workspace.reports / "nightly" / "latest.html").exists()
