"""Dialects: claims in a closed vocabulary, each with its source, its date and its review."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.errors import SettingsError, UnknownModelError
from promptops.models.catalog import Catalog
from promptops.models.claims import Claim
from promptops.models.dialects import (
    Dialect,
    claims_about,
    dialects,
    find_dialect,
    load_dialects,
)
from promptops.models.names import ModelName, read_model_name
from promptops.models.reference import reference
from promptops.models.retirements import retirements
from promptops.models.topics import TOPICS
from promptops.rewrite.steps import STEPS

ROOT = Path(__file__).parents[3]
CLAIMS = [claim for dialect in dialects().values() for claim in dialect.claims]
NAMES = [
    *(read_model_name(card.id) for card in Catalog.load().cards),
    *(ModelName(family=family) for family in dialects()),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_is_sourced_and_looked_at_again_in_time(claim):
    today = dt.datetime.now(dt.UTC).date()
    assert today <= claim.review, (
        f'the claim "{claim.id}" was to be looked up again by {claim.review}: {claim.url}'
    )
    assert claim.date < claim.review <= claim.date + dt.timedelta(days=366)
    if claim.url.startswith("docs/"):
        assert (ROOT / claim.url).is_file()


def test_retirements_are_taken_again_in_time():
    known = retirements()
    assert dt.datetime.now(dt.UTC).date() <= known.review, "take the list of retirements again"
    assert known.find("openai/gpt-4-0613") == known.find("GPT-4-0613")
    assert known.find("openai/gpt-5.4") is None
    assert known.source


def test_ids_are_unique_and_a_version_is_as_new_as_its_claims():
    repeated = [name for name, count in Counter(c.id for c in CLAIMS).items() if count > 1]
    assert repeated == []
    for dialect in dialects().values():
        assert dialect.version >= max(claim.date for claim in dialect.claims).isoformat()


def test_every_family_with_a_card_has_a_dialect_that_its_ids_tell():
    assert set(Catalog.load().families()) <= set(dialects())
    assert len(dialects()) >= 9
    for card in Catalog.load().cards:
        assert read_model_name(card.id).family == card.family, card.id


@pytest.mark.parametrize("model", NAMES, ids=lambda model: model.shown)
def test_no_two_claims_as_specific_contradict_for_a_model(model):
    sure = [c for c in dialects()[model.family].claims if c.about(model) == "certain"]
    values: dict[tuple[str, int], set[str]] = {}
    for claim in sure:
        if not claim.many:
            values.setdefault((claim.topic, claim.specificity), set()).add(claim.value)
    assert {key: found for key, found in values.items() if len(found) > 1} == {}


@pytest.mark.parametrize("model", NAMES, ids=lambda model: model.shown)
def test_the_dialect_of_a_model_has_one_claim_a_topic(model):
    claims = dialects()[model.family].for_model(model).claims
    single = [claim.topic for claim in claims if not claim.many]
    assert len(single) == len(set(single))
    for claim in claims:
        assert (claim, "certain") in claims_about(dialects()[model.family], model, claim.topic)


def test_what_only_some_models_do_is_possible_for_a_family():
    claude = find_dialect("claude")
    found = claims_about(claude, ModelName(family="claude"), "prefill")
    assert {(claim.value, certainty) for claim, certainty in found} == {
        ("rejected", "possible"),
        ("supported", "possible"),
    }
    ((claim, certainty),) = claims_about(claude, read_model_name("claude-opus-4-7"), "prefill")
    assert (claim.id, certainty) == ("claude-no-prefill", "certain")


def test_a_topic_that_nobody_claims_has_the_default():
    assert find_dialect("claude").value("delimiters") == "xml"
    assert find_dialect("claude").value("humor", "dry") == "dry"
    assert find_dialect("claude").claim("humor") is None


def test_a_mistyped_family_suggests_the_right_one():
    with pytest.raises(UnknownModelError, match='did you mean "claude"'):
        find_dialect("clawde")


FIELDS = {
    "id": "a", "family": "claude", "topic": "prefill", "value": "rejected", "kind": "hard",
    "text": "It is so.", "source": "a guide", "url": "https://example.com/guide",
    "date": "2026-11-22", "review": "2027-05-22",
}  # fmt: skip
SCOPED = FIELDS | {
    "models": ("claude-opus-*",), "besides": ("*-fast",), "since": "4.6", "before": "6",
}  # fmt: skip
ABOUT = {
    "claude-opus-4-6": "certain",
    "anthropic.claude-opus-5-v1:0": "certain",
    "claude-opus-4-5": "no",
    "claude-opus-6": "no",
    "claude-opus-5-fast": "no",
    "claude-sonnet-5": "no",
    "claude-opus-latest": "possible",
    "gpt-5": "no",
}


@pytest.mark.parametrize(("model", "wanted"), ABOUT.items(), ids=ABOUT)
def test_a_claim_holds_for_its_models_and_versions(model, wanted):
    assert Claim.model_validate(SCOPED).about(read_model_name(model)) == wanted


def test_a_claim_about_small_models_needs_to_know_the_size():
    small = Claim.model_validate(FIELDS | {"family": "llama", "up_to_b": 3})
    sizes = {"llama-3.2-1b": "certain", "llama-3.1-8b": "no", "llama-3.2-latest": "possible"}
    assert {name: small.about(read_model_name(name)) for name in sizes} == sizes
    assert small.about(ModelName(family="llama")) == "possible"


@given(
    scopes=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.sampled_from(["rejected", "supported"])),
        min_size=1,
        max_size=6,
    )
)
def test_the_most_specific_claim_counts_and_of_equals_the_first(scopes):
    claims = tuple(
        Claim.model_validate(
            FIELDS
            | {"id": f"c{number}", "value": value}
            | ({"models": ("claude-*",)} if named else {})
            | ({"since": "4"} if versioned else {})
        )
        for number, (named, versioned, value) in enumerate(scopes)
    )
    dialect = Dialect(family="claude", title="Claude", claims=claims)
    (kept,) = dialect.for_model(read_model_name("claude-opus-4-7")).claims
    most = max(named + versioned for named, versioned, _ in scopes)
    wanted = next(n for n, (named, versioned, _) in enumerate(scopes) if named + versioned == most)
    assert kept.id == f"c{wanted}"


HEAD = 'family: acme\ntitle: Acme\nversion: "1"\nnames: [answerer]\n'
ENTRY = (
    "claims:\n  - {id: a, topic: prefill, value: rejected, kind: hard, text: It is so.,\n"
    '     source: us, url: "https://acme.example", date: 2026-11-22, review: 2027-05-22}\n'
)
BROKEN = {
    "not YAML": (HEAD + "claims: [", r"acme\.yaml:\d+:\d+: not YAML"),
    "no family": ("title: Acme\n" + ENTRY, r"acme\.yaml:1: family: is missing"),
    "a word outside the vocabulary": (
        HEAD + ENTRY.replace("rejected", "refused"),
        r'acme\.yaml:6: "refused" is no value of prefill: supported, prefix-flag',
    ),
    "an unknown topic": (
        HEAD + ENTRY.replace("topic: prefill", "topic: prefil"),
        r'acme\.yaml:6: no topic is called "prefil" \(did you mean "prefill"',
    ),
    "no url": (
        HEAD + ENTRY.replace('url: "https://acme.example", ', ""),
        r"acme\.yaml:6: url: is missing",
    ),
    "an empty source": (
        HEAD + ENTRY.replace("source: us", 'source: ""'),
        r"acme\.yaml:7: source: String should have at least 1 character",
    ),
    "a sentence without its end": (
        HEAD + ENTRY.replace("It is so.", "It is so"),
        r"acme\.yaml:6: text: String should match pattern",
    ),
    "a review before the look-up": (
        HEAD + ENTRY.replace("2027", "2025"),
        r"acme\.yaml:6: the review is not after the date",
    ),
    "two claims with one id": (
        HEAD + ENTRY + ENTRY.removeprefix("claims:\n"),
        r'acme\.yaml:8: two claims have the id "a"',
    ),
    "an unknown field": (HEAD + "sauces: {}\n" + ENTRY, r"acme\.yaml:5: sauces: no such key"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_where(tmp_path, text, message):
    (tmp_path / "acme.yaml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_dialects(tmp_path)


def test_two_files_about_one_family_are_one_too_many(tmp_path):
    for name in ("acme", "other"):
        (tmp_path / f"{name}.yaml").write_text(HEAD + ENTRY)
    with pytest.raises(SettingsError, match=r"other\.yaml: .*described in acme\.yaml, too"):
        load_dialects(tmp_path)


def test_a_workspace_adds_to_a_family_and_replaces_claims(tmp_path):
    own = (HEAD + ENTRY).replace("acme", "claude", 1).replace("prefill", "delimiters")
    own = own.replace("rejected", "markdown")
    (tmp_path / "claude.yaml").write_text(own)
    changed = load_dialects(tmp_path)["claude"]
    assert changed.for_model(ModelName(family="claude")).value("delimiters") == "markdown"
    assert changed.value("long_context") == "context-first"
    assert changed.version == f"{find_dialect('claude').version}+1"
    (tmp_path / "claude.yaml").write_text(own.replace("id: a,", "id: claude-tags,"))
    replaced = load_dialects(tmp_path)["claude"]
    assert len(replaced.claims) == len(find_dialect("claude").claims)
    assert load_dialects(None) == dialects()


def test_the_reference_page_is_current():
    page = (ROOT / "docs/reference/dialects.md").read_text("utf-8")
    assert page == reference(dialects()), (
        "run python -m promptops.models.reference docs/reference/dialects.md"
    )


def test_topics_that_nothing_can_be_said_of_are_not_there():
    used = {claim.topic for claim in CLAIMS}
    asked_for = {step.topic for step in STEPS}
    assert set(TOPICS) <= used | asked_for
    assert all(re.fullmatch("[a-z_]+", name) for name in TOPICS)
