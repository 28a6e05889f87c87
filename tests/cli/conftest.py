"""What tests of command lines share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in this process; its exit status, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(each) for each in arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call
