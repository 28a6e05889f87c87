"""The page about the steps is what the steps say."""

from pathlib import Path

from promptops.models.dialects import dialects
from promptops.rewrite.reference import reference
from promptops.rewrite.steps import STEPS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "rewrite-steps.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == reference(STEPS, dialects()), (
        "run python -m promptops.rewrite.reference docs/reference/rewrite-steps.md"
    )
