"""Coming from promptfoo by the command line: import, validate, evaluate."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
CONFIG = """\
description: Capitals
prompts: ["What is the capital of {{country}}?"]
providers: [openai:gpt-5-mini]
tests:
  - vars: {country: France}
    assert:
      - {type: icontains, value: paris}
      - {type: javascript, value: output.length < 9}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "foo" / "promptfooconfig.yaml"
    path.parent.mkdir()
    path.write_text(CONFIG)
    return path


WAYS = {
    "by the file": lambda config: [config],
    "by word and file": lambda config: ["promptfoo", config],
    "by word and folder": lambda config: ["promptfoo", config.parent],
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_configuration_is_imported_and_sound(run: Run, config: Path, tmp_path: Path, way) -> None:
    into = ["--into", tmp_path / "ws"]
    status, out, _ = run("import", *way(config), *into, "--format", "json")
    report = json.loads(out)
    assert (status, report["imported"], report["cases"]) == (0, 1, 1)
    assert any("javascript" in note["text"] for note in report["notes"])
    status, out, err = run("-w", tmp_path / "ws", "validate")
    assert status == 0, (out, err)


def test_what_is_left_out_is_told(run: Run, config: Path, tmp_path: Path) -> None:
    status, out, err = run("import", config, "--into", tmp_path / "ws")
    assert status == 0
    assert "promptfooconfig.yaml test 1: an assertion is left out" in out
    assert "datasets/golden/capitals.jsonl" in out
    assert "1 prompt is in" in out
    assert f"promptops -w {tmp_path / 'ws'} evaluate capitals" in err


def test_without_a_test_there_is_nothing_to_measure(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text("prompts: [Hello]\n")
    status, _, err = run("import", config, "--into", tmp_path / "ws")
    assert (status, "No test was imported" in err, "evaluate" in err) == (0, True, False)


def test_a_file_that_is_named_and_cannot_be_read_ends_with_two(
    run: Run, config: Path, tmp_path: Path
) -> None:
    config.write_text(
        CONFIG.replace(
            "prompts: [", "prompts: [file://none.txt, file:///etc/hostname, file://program.py, "
        )
        + "  - file://none.yaml\n"
    )
    status, out, err = run("import", config, "--into", tmp_path / "ws")
    assert status == 2
    assert "1 prompt is in" in out
    assert "program.py is a program" in out
    for said in (
        "prompt 1: none.txt: no such file",
        "prompt 2: /etc/hostname is outside of",
        "test 2: none.yaml: no such file",
    ):
        assert f"error[import-format]: promptfooconfig.yaml {said}" in err
        assert said not in out


def test_two_sources_or_columns_are_refused(run: Run, config: Path, tmp_path: Path) -> None:
    into = ["--into", tmp_path / "ws"]
    assert run("import", config, config, *into)[0] == 2
    assert run("import", config, "--text-column", "x", *into)[0] == 2
    assert run("import", "promptfoo", tmp_path / "none.yaml", *into)[0] == 2


def test_validation_names_wrong_scorers_options_and_assertions(
    run: Run, config: Path, tmp_path: Path
) -> None:
    run("import", config, "--into", tmp_path / "ws")
    golden = tmp_path / "ws" / "datasets" / "golden" / "capitals.jsonl"
    golden.write_text(
        '{"id": "a", "inputs": {"country": "x"}, "assert": [{"type": "javascript"}]}\n'
    )
    (path,) = (tmp_path / "ws").rglob("*.prompt.yaml")
    text = path.read_text().replace(
        "{assertions: {min: 1}", "{brief: {scorer: length, with: {most: 3}}"
    )
    path.write_text(text)
    status, out, _ = run("-w", tmp_path / "ws", "validate")
    assert status == 1
    assert 'scorer "length" has no option "most"' in out
    assert '"javascript" is not supported' in out
