"""Dialects: claims in a closed vocabulary, each with its source and date."""

import datetime as dt

import pytest

from promptops.errors import UnknownModelError
from promptops.models.catalog import Catalog
from promptops.models.dialects import dialects, find_dialect

VOCABULARY = {
    "system_role": {"native", "none"},
    "delimiters": {"xml", "markdown", "plain"},
    "few_shot": {"turns", "block"},
    "json": {"native", "instruction"},
    "long_context": {"context-first"},
    "verbosity": {"literal", "terse"},
    "thinking_hints": {"avoid"},
    "emphasis": {"calm"},
    "politeness": {"drop"},
}


@pytest.mark.parametrize("dialect", dialects().values(), ids=dialects())
def test_claims_keep_to_the_vocabulary_and_name_source_and_date(dialect):
    topics = [claim.topic for claim in dialect.claims]
    assert len(topics) == len(set(topics))
    assert {"system_role", "delimiters", "few_shot", "json"} <= set(topics)
    for claim in dialect.claims:
        assert claim.value in VOCABULARY[claim.topic], claim
        assert claim.source
        assert claim.text.endswith(".")
        assert dt.date.fromisoformat(claim.date)


def test_every_family_with_a_card_has_a_dialect():
    assert set(Catalog.load().families()) <= set(dialects())


def test_a_topic_that_nobody_claims_has_the_default():
    assert find_dialect("claude").value("delimiters") == "xml"
    assert find_dialect("claude").value("humor", "dry") == "dry"


def test_a_mistyped_family_suggests_the_right_one():
    with pytest.raises(UnknownModelError, match='did you mean "claude"'):
        find_dialect("clawde")
