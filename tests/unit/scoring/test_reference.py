"""The reference page of the scorers says what the code does."""

import inspect
import re
from pathlib import Path

import pytest

from promptops.core.backends import load_object
from promptops.scoring import SCORERS
from promptops.scoring.assertions import NOT_HERE, TYPES

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "reference" / "scorers.md").read_text(encoding="utf-8")


def row(name):
    """The table row of a scorer."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and f"`{name}`" in line]
    assert rows, f"{name} is not in docs/reference/scorers.md"
    return rows[0]


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_and_option_is_in_the_reference(name):
    factory = load_object(SCORERS[name])
    given = {*getattr(factory, "needs", ()), *getattr(factory, "uses", ())}
    for option in inspect.signature(factory).parameters:
        if option not in given and option not in ("judged", "args", "kwargs"):
            assert f"`{option}`" in row(name), option


def test_every_type_of_assertion_is_documented():
    page = (DOCS / "how-to" / "come-from-promptfoo.md").read_text(encoding="utf-8")
    assert [name for name in TYPES if f"`{name}`" not in page] == []
    named = {word for each in NOT_HERE.values() for word in re.findall(r"[a-z]+[._][a-z_]+", each)}
    assert named - {"promptops.scorer"} <= {*SCORERS}  # what is advised exists


def test_the_example_of_an_own_scorer_works():
    block = PAGE.split("## Your own, in Python", 1)[1].split("```python\n", 1)[1].split("```", 1)[0]
    space = {}
    exec(block, space)
    scorer = space["Greeting"](words=["Hello"])
    assert scorer.score(answer="hello there", case=None).value == 1
    assert scorer.score(answer="no", case=None).value == 0
