"""The list of YAML attacks: refused by the reader or, where the YAML is honest, by the schema."""

import json

import pytest

from promptops.errors import PromptSyntaxError
from promptops.prompts.loader import parse_prompt
from promptops.prompts.strict_yaml import read_yaml

# Honest YAML that only the schema of a prompt can refuse.
BY_SCHEMA = {"yaml-022", "yaml-023", "yaml-028", "yaml-041", "yaml-047", "yaml-048"}


def test_every_yaml_attack_is_refused_with_a_place(data):
    rows = (data / "security" / "yaml_attacks.jsonl").read_text(encoding="utf-8").splitlines()
    seen = 0
    for row in map(json.loads, rows):
        text = row["text"] if row.get("text") is not None else eval(row["text_recipe"])
        read = parse_prompt if row["id"] in BY_SCHEMA else read_yaml
        if row["expect"] == "reject":
            with pytest.raises(PromptSyntaxError) as caught:
                read(text, "f")
            assert caught.value.line >= 1, row["id"]
        else:
            read_yaml(text, "f")
        seen += 1
    assert seen == 51


def test_a_carriage_return_in_a_block_does_not_change_the_text():
    assert read_yaml("a: |\r\n  x\r\n", "f").value == read_yaml("a: |\n  x\n", "f").value


@pytest.mark.parametrize("word", ["y", "n", "x1", "1st", "v1.0", "a=b", "1.2.3", "-x", "+", "."])
def test_ordinary_words_are_texts(word):
    assert read_yaml(f"key: {word}", "f").value == {"key": word}


@pytest.mark.parametrize("word", ["-1", "0", "1e3", "2.50", ".5", "true", "null", "~"])
def test_words_with_one_meaning_keep_it(word):
    assert not isinstance(read_yaml(f"key: {word}", "f").value["key"], str)
