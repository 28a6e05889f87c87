"""The command line before any command: what it loads, how it fails, how it helps."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from promptops.cli import SECTIONS, app, main
from promptops.cli.edge import report_failure
from promptops.cli.lazy import Cli
from promptops.errors import MissingKeyError

HEAVY = {
    *("litellm", "xllamacpp", "mlflow", "sentence_transformers", "torch", "faiss", "ragas"),
    *("datasets", "great_expectations", "dvc", "prefect", "pandas", "sklearn", "scipy", "numpy"),
    *("pydantic", "rich", "yaml", "jinja2", "jsonschema", "anyio"),
}
COMMANDS = [name for section in SECTIONS.values() for name in section]


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "promptops.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment},
        check=False,
    )


def loaded_by(code: str) -> set[str]:
    found = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json; print(json.dumps([*sys.modules]))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(found.stdout.splitlines()[-1])}


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
from promptops.cli import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
"""
    assert not HEAVY & loaded_by(code)


@pytest.mark.parametrize("command", ["config", "lint", "show", "evaluate", "kb", "init"])
def test_the_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    code = f"""
import sys
from promptops.cli import main
try:
    main([{command!r}, "--help"])
except SystemExit as end:
    assert end.code == 0
"""
    assert not (HEAVY - {"rich"}) & loaded_by(code)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_explains_itself(name: str) -> None:
    context = app.make_context("promptops", [name, "--help"], resilient_parsing=True, obj=Cli())
    command = app.get_command(context, name)
    assert command is not None
    for each in (command, *getattr(command, "commands", {}).values()):
        assert each.get_short_help_str(), each.name
        assert "\\b" not in (each.help or ""), each.name
        for option in each.params:
            assert option.param_type_name == "argument" or option.help or option.metavar, (
                name,
                option.name,
            )


@pytest.mark.parametrize(("typed", "meant"), [("evalute", "evaluate"), ("list", "show")])
def test_a_mistyped_command_is_suggested(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([typed])
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        f'error[usage]: no command "{typed}": did you mean "{meant}"? (see `promptops --help`)\n'
    )


def test_a_defect_is_one_line_and_the_way_to_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert report_failure(ZeroDivisionError("division\nby zero")) == 70
    error = capsys.readouterr().err
    assert error == (
        "error[internal]: ZeroDivisionError: division by zero "
        "(this is a defect; PROMPTOPS_DEBUG=1 shows the traceback)\n"
    )
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    assert report_failure(caught.value, debug=True) == 70
    assert capsys.readouterr().err.startswith("Traceback")


def test_of_several_failures_at_once_the_one_with_advice_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    inner = MissingKeyError("no key", where="openai/x", hint="set OPENAI_API_KEY")
    group = BaseExceptionGroup("tasks", [ValueError("x"), ExceptionGroup("more", [inner])])
    assert report_failure(group) == 2
    assert "error[missing-key]: openai/x: no key (set OPENAI_API_KEY)" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_told_from_findings() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "promptops.cli", "completion", "bash"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_full_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "promptops.cli", "completion", "zsh"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "error[storage]: output: No space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "prefix", [[], ["sh", "-c", 'trap "" INT; exec "$0" "$@"']], ids=["shell", "background"]
)
def test_serving_is_interrupted(prefix: list[str]) -> None:
    """A shell lets what it starts in the background ignore SIGINT: the server minds it still."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*prefix, sys.executable, "-m", "promptops.cli", "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/openapi.json")
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=60)
    finally:
        server.kill()
    assert (server.returncode, err.splitlines()[-1]) == (
        130,
        "interrupted: finished work is kept",
    )


def _wait_for(url: str) -> None:
    """Until the server answers, whatever it says."""
    for _ in range(600):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(url)


def test_options_may_stand_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "promptops.toml").write_text('[general]\nname = "here"\n')
    seen = []
    for arguments in (
        ["-w", str(tmp_path), "config", "show", "general.name"],
        ["config", "show", "general.name", "-w", str(tmp_path)],
    ):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
        seen.append(capsys.readouterr().out)
    assert seen == ["general.name = here\n"] * 2
