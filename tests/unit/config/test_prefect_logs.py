"""What Prefect and the server that it starts may write to the terminal."""

import subprocess
import sys

import pytest

ASKS = """
import logging
from promptops.config.environment import prepare_environment, quiet_prefect
prepare_environment()
quiet_prefect()
from prefect.logging.configuration import setup_logging
setup_logging()
names = ("prefect.server.services.task_run_recorder", "prefect.flow_runs", "uvicorn", "fastapi")
print([logging.getLogger(name).isEnabledFor(logging.ERROR) for name in names])
"""


@pytest.mark.slow
def test_the_server_says_nothing_below_a_disaster(tmp_path, monkeypatch):
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True)
    assert done.stdout == "[False, False, False, False]\n"
