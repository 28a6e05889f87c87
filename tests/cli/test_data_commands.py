"""Commands that bring data in or check it, on what people get wrong."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.core.canonical import JSON
from promptops.operations.data import check_data
from promptops.operations.night import open_night
from promptops.prompts.writing import dump_prompt
from promptops.testing.workspace import label_prompt, label_rows, make_workspace

PROMPT = "prompt_registry/prompts/support/topic.prompt.yaml"
GOLDEN = "datasets/golden/topic.jsonl"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.chdir(root)
        with pytest.raises(SystemExit) as caught:
            main(["-w", str(root), *arguments])
        done = capsys.readouterr()
        return int(caught.value.code or 0), done.out, done.err

    return run


def workspace(root: Path, *, text: Mapping[str, str] | None = None, **row: JSON) -> Path:
    """Two prompts; in the text of one something is replaced, and its golden row 3 is changed."""
    prompt = dump_prompt(label_prompt("topic"))
    for old, new in (text or {}).items():
        assert old in prompt
        prompt = prompt.replace(old, new)
    rows = label_rows()
    rows[2].update(row)
    make_workspace(
        root,
        prompts={"support/topic": prompt, "support/mood": label_prompt("mood")},
        golden={"topic": rows, "mood": label_rows()},
    )
    return root


BROKEN: dict[str, tuple[dict[str, JSON], str]] = {
    "a mistyped input": (
        {"inputs": {"mesage": "a"}},
        f'{GOLDEN}:3: golden-fit: case "case-02": input "mesage" is no variable of the prompt',
    ),
    "a text that is too long": (
        {"inputs": {"message": "a" * 601}},
        f'{GOLDEN}:3: golden-fit: case "case-02": input "message" is 601 characters long',
    ),
    "a label outside the list": (
        {"expected": {"label": "paymnt"}},
        f'{GOLDEN}:3: golden-fit: case "case-02": expected.label is "paymnt"',
    ),
    "a negative length": ({"text": {"max_tokens: 24": "max_tokens: -5"}}, "max_tokens is -5"),
    "a boiling model": ({"text": {"temperature: 0": "temperature: 99"}}, "temperature is 99"),
    "a bar in percent": ({"text": {"min: 0.1": "min: 40"}}, "a score lies between 0 and 1"),
    "a mistyped scorer": (
        {"text": {"label_match": "labelmatch"}},
        'no scorer is called "labelmatch" (did you mean "label_match"?)',
    ),
    "a golden set that is not there": (
        {"text": {GOLDEN: "datasets/golden/gone.jsonl"}},
        "there is no golden set datasets/golden/gone.jsonl",
    ),
    "an unknown knowledge base": (
        {"text": {"evals:": 'retrieval: {kb: nope, query: "{{ message }}"}\nevals:'}},
        'no knowledge base is called "nope"',
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "told"), BROKEN.values(), ids=BROKEN)
def test_validate_names_what_is_wrong_between_a_prompt_and_its_data(
    tmp_path: Path, run: Run, change: dict[str, JSON], told: str
) -> None:
    root = workspace(tmp_path, **change)
    status, out, _ = run(root, "validate", PROMPT)
    assert status == 1
    assert told in out
    line = next(line for line in out.splitlines() if told in line)
    place = told if told.startswith(GOLDEN) else f"{PROMPT}:"
    assert line.startswith(place)
    # The night stops exactly this prompt, and says the same.
    night = open_night(str(root), dry_run=True)
    night.checked(check_data(night.services))
    assert set(night.measurable()) == {"mood"}


@pytest.mark.slow
def test_what_was_validated_is_not_looked_at_again(tmp_path: Path, run: Run) -> None:
    root = workspace(tmp_path)
    assert run(root, "validate")[0] == 0
    command = [sys.executable, "-X", "importtime", "-m", "promptops.cli", "-w", str(root)]
    done = subprocess.run([*command, "validate"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "promptops.operations.prompt_contracts" in done.stderr
    assert "great_expectations" not in done.stderr


def test_a_corrected_row_is_told_how_to_get_in(tmp_path: Path, run: Run) -> None:
    root = workspace(tmp_path / "ws")
    source = tmp_path / "c.csv"
    source.write_text("act,prompt\nTerminal,Be a terminl.\nPoet,Write {{ verse }}.\n")
    status, _, err = run(root, "import", str(source))
    assert status == 0
    assert "1 text has what looks like {{ variables }}" in err
    source.write_text(source.read_text().replace("terminl", "terminal"))
    status, out, _ = run(root, "import", str(source))
    assert status == 0
    assert "terminal.prompt.yaml says something else" in out
    assert "delete the file and import again" in out
    (root / "prompt_registry/prompts/imported/poet.prompt.yaml").unlink()
    source.write_text("act,prompt\nTerminal,Be a terminal.\n")
    status, _, err = run(root, "import", str(source))
    assert status == 2
    assert "delete the file and import again" in err


def test_what_nobody_means_to_import_is_refused(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(tmp_path / "ws")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(4):
        (many / f"{number}.md").write_text(f"Text {number}")
    monkeypatch.setattr("promptops.cli.import_._MOST", 3)
    monkeypatch.setenv("HOME", str(many))
    for place in ("/", str(many)):
        status, _, err = run(root, "import", place)
        assert status == 2
        assert "this folder holds everything there is" in err
    monkeypatch.delenv("HOME")
    status, _, err = run(root, "import", str(many))
    assert status == 2
    assert "more than 3 texts" in err
    assert run(root, "import", str(many), "--yes")[0] == 0
    deep = tmp_path / "c.jsonl"
    deep.write_text('{"prompt": "fine"}\n' + "[" * 100_000 + "\n")
    status, _, err = run(root, "import", str(deep), "--area", "deep")
    assert status == 2
    assert "c.jsonl:2: not JSON: nested more than 100 levels deep" in err


def test_what_cannot_be_imported_is_named_beside_the_rest(tmp_path: Path, run: Run) -> None:
    root, source = workspace(tmp_path / "ws"), tmp_path / "in"
    source.mkdir()
    for name, data in {
        "fine.md": b"Say it in one line.",
        "blank.md": b" \n",
        "binary.txt": b"\xff\xfe\x00",
        "latin.md": b"caf\xe9",
        "broken.prompty": b"---\nname: [x\n---\nuser:\nhi\n",
        "picture.png": b"\xff",
        "program.py": b"pass",
    }.items():
        (source / name).write_bytes(data)
    status, out, err = run(root, "import", str(source))
    assert status == 2
    assert "1 prompt is in" in out
    assert "blank.md: empty" in out
    assert "2 files of other kinds passed over" in err
    named = [line.partition(": ")[2] for line in err.splitlines() if line.startswith("error[")]
    files = ["binary.txt", "broken.prompty", "latin.md"]
    assert [name in line for name, line in zip(files, named, strict=True)] == [True] * 3
    status, out, _ = run(root, "import", str(source), "--format", "json")
    told = json.loads(out)
    assert (status, told["imported"], told["others"]) == (2, 1, 2)
    assert [len(told[part]) for part in ("failed", "skipped")] == [3, 1]


def test_validate_names_the_file_and_says_what_takes_long(tmp_path: Path, run: Run) -> None:
    root = workspace(tmp_path)
    kb = root / "datasets/kb/shop"
    kb.mkdir(parents=True)
    (kb / "kb.yaml").write_text("name: shop\nlabel: a\n")
    (kb / "latin.md").write_bytes(b"caf\xe9")
    (root / "datasets/golden/folder.jsonl").mkdir()
    (root / "datasets/golden/none.jsonl").write_text("")
    status, out, err = run(root, "validate")
    assert status == 1
    assert "datasets/kb/shop/latin.md: utf-8: text must be UTF-8" in out
    assert "datasets/golden/folder.jsonl: readable: Is a directory" in out
    assert "datasets/golden/none.jsonl: not-empty: there must be at least one case" in out
    assert "checking 5 data sets with great-expectations" in err
