"""What the tree promises: small files, data folders without code, one name once."""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = [path for name in ("promptops", "flows", "tasks") for path in (ROOT / name).rglob("*.py")]
LONGEST = 400


def test_no_file_is_longer_than_the_limit():
    tests = list((ROOT / "tests").rglob("*.py")) + list((ROOT / "benchmarks").rglob("*.py"))
    long = {path.name: lines for path in CODE + tests if (lines := _lines(path)) > LONGEST}
    assert long == {}


def _lines(path):
    return len(path.read_text().splitlines())


@pytest.mark.parametrize("folder", ["datasets", "prompt_registry"])
def test_data_folders_hold_no_code(folder):
    # An __init__.py in datasets/ would shadow the package of that name for everybody.
    assert list((ROOT / folder).rglob("*.py")) == []


def test_flows_and_tasks_shadow_no_installed_name():
    stems = {path.stem for name in ("flows", "tasks") for path in (ROOT / name).glob("*.py")}
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    assert stems & taken <= {"__init__"}


def test_nothing_speaks_of_the_machine_it_was_written_on():
    words = ["/" + "work/", "/" + "tmp/w", "/" + "root/"]
    named = [
        (str(path.relative_to(ROOT)), word)
        for path in [*CODE, *(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "Makefile"]
        for word in words
        if word in path.read_text()
    ]
    assert named == []
