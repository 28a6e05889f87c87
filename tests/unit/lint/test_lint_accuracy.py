"""The accuracy that ships with the linter: well formed, about real rules, true to the labels."""

import json
from collections import Counter
from pathlib import Path

import pytest

from promptops.core.statistics import wilson
from promptops.lint import RULES
from promptops.lint.accuracy import measured

ROOT = Path(__file__).parents[3]
CARDS = json.loads((ROOT / "promptops/lint/accuracy.json").read_text(encoding="utf-8"))
LABELS = [
    json.loads(line)
    for line in (ROOT / "benchmarks/labels/lint.jsonl").read_text(encoding="utf-8").splitlines()
]
ADJUDICATED = "adjudicated"


def test_every_card_is_of_a_rule_and_readable():
    assert set(measured()) == set(CARDS["rules"]) <= set(RULES)
    assert {row["set"] for row in CARDS["rules"].values()} == set(CARDS["sets"])


@pytest.mark.parametrize("code", CARDS["rules"])
def test_shares_follow_from_counts(code):
    card = CARDS["rules"][code]
    assert 0 <= card["true"] <= card["found"]
    if card["found"]:
        between = wilson(card["true"], card["found"])
        assert card["precision"] == pytest.approx(between.estimate, abs=1e-4)
        assert card["precision_interval"] == pytest.approx([between.low, between.high], abs=1e-4)
    else:
        assert card["precision"] is card["precision_interval"] is None
    assert (card["recall"] is None) == (card["labeled"] == 0)
    if card["labeled"]:
        low, high = card["recall_interval"]
        assert 0 <= low <= card["recall"] <= high <= 1


def test_the_hand_labeled_set_is_the_one_in_the_file():
    assert CARDS["sets"]["hand-labeled"]["size"] == len({row["id"] for row in LABELS}) >= 200
    single = Counter(row["id"] for row in LABELS if row["by"] != ADJUDICATED)
    labeled = Counter(
        label["code"]
        for row in LABELS
        if row["by"] != ADJUDICATED and single[row["id"]] == 1
        for label in row["labels"]
    )
    for code, count in labeled.items():  # prompts with several readers add what most of them saw
        assert CARDS["rules"][code]["labeled"] >= count


def test_labels_name_rules_and_places_and_no_texts():
    for row in LABELS:
        assert set(row) == {"id", "sha", "professional", "by", "labels"}
        for label in row["labels"]:
            assert set(label) == {"code", "start", "end"}
            assert label["code"] in RULES
            assert 0 <= label["start"] < label["end"]
    assert len({(row["id"], row["by"]) for row in LABELS}) == len(LABELS)
