"""Near duplicates are found, kept in one part, and told where they are not."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.golden.case import GoldenCase
from promptops.golden.duplicates import near_duplicates
from promptops.golden.leakage import find
from promptops.golden.splits import PARTS, split

LONG = (
    "I ordered the blue lamp two weeks ago and it has not arrived, although the page says that it "
    "was handed over at my door on Monday; nobody was at home then and no neighbor has it. What now"
)


def case(name, answer="delivery", **inputs):
    return GoldenCase(id=name, inputs=inputs, expected=answer)


PAIRS = {
    "word for word": ({"q": LONG}, {"q": LONG}, True),
    "other letters and punctuation": ({"q": LONG}, {"q": LONG.upper() + "?!"}, True),
    "a word more at the end": ({"q": LONG}, {"q": LONG + " please"}, True),
    "a word less in the middle of a short text": (
        {"q": "where is my parcel now"},
        {"q": "where is parcel now"},
        False,
    ),
    "short and the same": ({"q": "Parcel?"}, {"q": "parcel"}, True),
    "signs only, and the same": ({"q": "+-"}, {"q": "+-"}, True),
    "signs only, and others": ({"q": "+-"}, {"q": "-+"}, False),
    "one long context, two questions": (
        {"c": LONG, "q": "Who has the lamp?"},
        {"c": LONG, "q": "When was it handed over?"},
        False,
    ),
    "other names of inputs": ({"q": LONG}, {"text": LONG}, False),
    "numbers that differ": ({"n": 1}, {"n": 2}, False),
    "values of any form": ({"n": {"a": [1, 2]}}, {"n": {"a": [1, 2]}}, True),
    "no inputs": ({}, {}, False),
}


@pytest.mark.parametrize(("some", "other", "near"), PAIRS.values(), ids=PAIRS)
def test_near_duplicates(some, other, near):
    found = list(near_duplicates([case("a", **some), case("x", q="else"), case("b", **other)]))
    assert [(first, second) for first, second, _ in found] == ([(0, 2)] if near else [])


def grams(case):
    words = case.inputs["q"].split()
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


texts = st.lists(st.sampled_from("abc"), min_size=1, max_size=14).map(" ".join)


@given(st.lists(texts, max_size=12), st.sampled_from([0.5, 0.8, 1.0]))
def test_every_pair_is_found_and_no_other(texts, threshold):
    cases = [case(str(place), q=text) for place, text in enumerate(texts)]
    expected = {
        (a, b)
        for (a, one), (b, two) in combinations(enumerate(cases), 2)
        if len(grams(one) & grams(two)) / len(grams(one) | grams(two)) >= threshold
    }
    assert {(a, b) for a, b, _ in near_duplicates(cases, threshold=threshold)} == expected


def test_leaks_are_across_parts_and_told_in_words():
    one, same, third = case("a", q=LONG), case("b", q=LONG), case("c", "refund", q=LONG + " please")
    found = find({"train": [one, same], "dev": [], "test": [third]})
    assert [(leak.first, leak.second, leak.same_answer) for leak in found] == [
        ("a", "c", False),
        ("b", "c", False),
    ]
    assert str(found[0]) == 'case "a" (train) is nearly case "c" (test)'
    with pytest.raises(ValueError, match="similarity"):
        find({}, threshold=0)


different = [case(f"c{n}", n, q=f"question number {n} of the set") for n in range(40)]


def parts_of(cases):
    dealt = split(cases)
    return {each.id: part for part in PARTS for each in getattr(dealt, part)}


@given(st.integers(0, 39), st.integers(0, 39))
def test_a_duplicate_with_the_same_answer_follows_and_moves_no_other(original, place):
    copy = replace(different[original], id="copy")
    place = max(place, original + 1)
    dealt = parts_of([*different[:place], copy, *different[place:]])
    assert dealt.pop("copy") == dealt[f"c{original}"]
    assert dealt == parts_of(different)
    assert not find(split([*different, copy]))


def test_a_duplicate_with_another_answer_or_a_part_of_its_own_is_told():
    first = different[0]
    other_part = next(part for part in PARTS if part != parts_of(different)[first.id])
    pinned = replace(first, id="pinned", split=other_part)
    (leak,) = find(split([*different, pinned]))
    assert {leak.first, leak.second} == {first.id, "pinned"}
    assert leak.same_answer
