"""The README's commands run, in order, in a folder of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from promptops.config.environment import default_weights
from promptops.errors import ModelNotInstalledError
from promptops.llm.embedded.weights import weights_path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TARGETS = re.findall(r"^make ([a-z-]+)$", "\n".join(BLOCKS), re.MULTILINE)


def test_the_make_targets_of_the_readme_exist():
    listed = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGETS) <= listed
    assert TARGETS == ["run", "test"]


@pytest.mark.embedded
@pytest.mark.flow
@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path):
    try:
        weights_path("embedded/smollm2-135m", default_weights())
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))
    script = "\n".join(block for block in BLOCKS if not block.startswith("make "))
    assert script.count("promptops ") > 8
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PROMPTOPS_WORKSPACE", None)
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "message-topic" in done.stdout
