"""Secrets: every row of the two tables of providers, and what only looks like a secret."""

import gzip
import json
import os
import random
import re
import string
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.lint import RULES
from promptops.lint.parsing import parse_text
from promptops.lint.prefilter import Prefilter
from promptops.lint.secrets import find_placeholders, find_secrets, kinds, named
from promptops.lint.secrets.values import is_placeholder, looks_like_password, looks_random
from promptops.lint.text import lower

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data"))
EXAMPLES = DATA / "intel/pii/gitleaks_rule_examples.jsonl.gz"
PRINTABLE = string.digits + string.ascii_letters + string.punctuation
ASSIGNED = (
    '{name}_api_key = "{value}"',
    '"{name}Token": "{value}",',
    "export {name}_SECRET={value}",
    "Our {name} key is {value}.",
)
STANDING = ("{value}", "Use {value} for it.", "key={value}", '"{value}"', "(`{value}`)")


def characters(letter: str) -> str:
    return "".join(re.findall(f"[{kinds.CLASSES[letter]}]", PRINTABLE))


def made(template: str, dice: random.Random) -> str:
    """A random value of a template's form."""
    written = re.sub(
        r"\(([^)]*)\)", lambda choice: dice.choice(choice[1].split("|")).strip(), template
    )

    def filled(field: re.Match[str]) -> str:
        least = int(field[2])
        length = dice.randint(least, min(int(field[3] or least), least + 20))
        return "".join(dice.choices(characters(field[1]), k=length))

    return kinds._FIELD.sub(filled, written).replace("¦", "|")


def table(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|", 1)] for line in text.strip().splitlines()]


def test_a_key_that_shows_whose_it_is_is_found_wherever_it_stands():
    missed, total = [], 0
    for provider, template in table(kinds._TELLING):
        dice = random.Random(template)
        for frame in STANDING:
            text = frame.format(value=made(template, dice))
            total += 1
            if not find_secrets(text):
                missed.append((provider, text))
    assert len(missed) < 0.01 * total, missed  # chance may deal a value that looks made up


def test_a_key_is_found_in_a_long_text_where_it_is_found_alone():
    around = "Sum the orders of the day up, one line each, in plain words.\n" * 40
    missed, total = [], 0
    for _, template in table(kinds._TELLING):
        dice = random.Random(template)
        for frame in (*STANDING, 'api_key = "{value}"', "curl -X GET \\\n -u {value}: https://a.b"):
            text = frame.format(value=made(template, dice))
            alone = [(each.start, each.end, each.kind) for each in find_secrets(text)]
            inside = find_secrets(f"{around}\u00a0\n{text}\n{around}")
            shift = len(around) + 2
            total += bool(alone)
            if alone != [(each.start - shift, each.end - shift, each.kind) for each in inside]:
                missed.append(text)
    assert total > 1400
    assert len(missed) < 0.01 * total, missed  # sixteen characters without a digit among them


def test_a_key_without_a_prefix_is_found_behind_its_provider():
    dice, missed, total = random.Random(1), [], 0
    for word, (provider, form) in named.named().items():
        lengths = re.findall(r"\(\?:\[([^\]]*)\]\{([0-9]+),", form.pattern)
        for alphabet, length in lengths:
            choice = re.findall(f"[{alphabet}]", PRINTABLE)
            for frame in ASSIGNED:
                value = "7" + "".join(dice.choices(choice, k=int(length) - 1))
                text = frame.format(name=word, value=value)
                total += 1
                if not any(provider in found.kind for found in find_secrets(text)):
                    missed.append(text)
    assert len(missed) < 0.05 * total, missed[:20]


def test_the_gate_lets_every_secret_through():
    dice, gate = random.Random(2), Prefilter([RULES["PRI001"]])
    missed, total = [], 0
    for _, template in table(kinds._TELLING):
        for frame in STANDING:
            text = frame.format(value=made(template, dice))
            if find_secrets(text):
                total += 1
                if not gate.candidates(text.lower()):
                    missed.append(text)
    assert total > 500
    assert len(missed) < 0.01 * total, missed  # sixteen characters without a digit among them


@pytest.mark.parametrize(
    "text",
    [
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b of the repository",
        'sha256 = "9f86d081884c7d659a2feaa0c55ad015"',
        'session_id: "c75abe54-048c-4c30-9c1d-9c2667250038"',
        "https://cdn.contoso-retail.com/a/7SWaFo1hsC6oovfBsJFLGPUl2Eh/logo.png",
        "git@github.com:contoso/retail.git and user@host:/var/lib/data2024",
        "postgres://user:password@localhost:5432/db",
        'curl -H "Authorization: Bearer $TOKEN" -u "$USER:$PASSWORD" https://contoso.com',
        "password: str = Field(min_length=12)",
        "The access token expires after 3600 seconds; the key is item_42_of_the_list_2024.",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4",
        "The call call_RV2SOyzCnV5h2sm4WPgG8fND of msg_01XFDUDYJgAACzvnptvVoYEL failed.",
        "self._arg2node2fixturedefs maps names; see icon-9f86d081884c7d659a2feaa0c55ad015.png",
        "http://assets.contoso.com/box/video.ico-7a388b69018576d24b59331fd60aab0c.png",
        '"xoxp-572370529330-573807301142-572331691188-####################"',
        "curl -H 'Authorization: Basic YnJvd3Nlcjo=' https://contoso.com",
        'token = "eyJhbGciOiJIUzI1NiJ9.eyJuYW1lIjoiSm9obiBEb2UifQ.c2lnbmF0dXJlX2V4YW1wbGU"',
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text):
    assert find_secrets(text) == []


@pytest.mark.parametrize("mark", ["acme_", "acme-live-", "ACME_PAT_", "acme.v2."])
def test_a_long_random_value_behind_a_mark_is_a_key_whoever_gave_it_out(mark):
    dice, gate = random.Random(mark), Prefilter([RULES["PRI001"]])
    values = ["".join(dice.choices(string.ascii_letters + string.digits, k=32)) for _ in range(200)]
    texts = [f"Call it with {mark}{value} and go on." for value in values]
    found = [text for text in texts if find_secrets(text)]
    assert len(found) > 0.9 * len(texts)
    assert all(gate.candidates(text.lower()) for text in found)
    assert not any(find_secrets(value) for value in values)


@pytest.mark.parametrize("value", ["changeme", "xxxxxxxxxxxxxxxx", "your-key-here", "1234567890"])
def test_placeholders_are_told_from_values(value):
    assert is_placeholder(value)
    assert not looks_random(value)
    assert not looks_like_password(value)


def test_the_form_of_every_key_is_seen_when_it_is_crossed_out():
    gate, missed = Prefilter([RULES["PRI019"]]), []
    for beginning in kinds.beginnings():
        text = f"Call it with {beginning}xxxxxxxxxxxx and go on."
        found = find_placeholders(text, text.lower())
        if (
            not found
            or not gate.candidates(text)
            or not text[found[0].start :].startswith(beginning)
        ):
            missed.append(text)
    assert len(kinds.beginnings()) > 200
    assert missed == []


def test_what_is_found_of_the_published_examples_with_their_placeholders():
    if not EXAMPLES.exists():
        pytest.skip(f"needs outside data: set PROMPTOPS_DATA ({EXAMPLES} is not there)")
    rows = [json.loads(line) for line in gzip.decompress(EXAMPLES.read_bytes()).splitlines()]
    texts = [row["text"] for row in rows if row["label"] == "must_fire"]
    gate = Prefilter([RULES["PRI019"]])
    placeholders = [text for text in texts if find_placeholders(text, lower(text))]
    assert all(gate.candidates(text) for text in placeholders)
    assert sum(bool(find_secrets(text)) or text in placeholders for text in texts) >= 104


@given(st.text(max_size=400))
def test_any_text_is_read_and_findings_lie_apart_inside_it(text):
    found = find_secrets(text)
    assert all(0 <= secret.start < secret.end <= len(text) for secret in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_a_finding_never_repeats_the_secret():
    text = "Use api_key = 'q8Zt4Lw9Xc2Rv7Bn5Mk1' here."
    (found,) = RULES["PRI001"]().check(parse_text(text, path="a.md"))
    assert "q8Zt4Lw9" not in found.excerpt + found.message


def test_whole_credentials_among_published_examples_are_found_and_the_rest_is_not():
    if not EXAMPLES.exists():
        pytest.skip(f"needs outside data: set PROMPTOPS_DATA ({EXAMPLES} is not there)")
    rows = [json.loads(line) for line in gzip.decompress(EXAMPLES.read_bytes()).splitlines()]
    labels = json.loads((ROOT / "benchmarks/labels/secrets_blind.json").read_text())
    found = {f"gitleaks/{n}" for n, row in enumerate(rows, 1) if find_secrets(row["text"])}
    credentials = {name for names in labels["credential"].values() for name in names}
    nothing = {name for names in labels["nothing"].values() for name in names}
    assert len(found & credentials) >= 0.95 * len(credentials)
    assert len(found & nothing) <= 0.03 * len(nothing)
