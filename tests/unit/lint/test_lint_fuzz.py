"""A short run of the fuzzer: it starts, its seeds hold, and nothing breaks in ten seconds."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FUZZER = Path(__file__).parents[2] / "fuzz" / "fuzz_lint.py"


@pytest.mark.slow
def test_no_file_breaks_the_linter(tmp_path):
    if find_spec("atheris") is None:
        pytest.skip("needs atheris (Linux, Python below 3.13): `make fuzz` installs it")
    # The peak that libFuzzer reads begins with that of this process, which has run other tests.
    limits = ["-max_total_time=10", "-max_len=262144", "-timeout=5", "-rss_limit_mb=8192"]
    ran = subprocess.run(
        [sys.executable, str(FUZZER), *limits],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "Done " in ran.stderr
