"""The texts that labels name by id, read in place from the data folder (PROMPTOPS_DATA)."""

import csv
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")) / "intel" / "prompts"


class _Loader(yaml.SafeLoader):
    """Reads promptsource's tags (``!Template``) as plain mappings."""


def _mapping(loader: _Loader, _suffix: str, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _mapping)


def outside_texts() -> dict[str, str]:
    """Every text of the four collections by id.

    ``awesome/<row from 0>``, ``edits/<row from 0>/before|after``, ``fabric/<pattern>/<file>``,
    ``promptsource/<data set>/<uuid of the template>``.
    """
    csv.field_size_limit(sys.maxsize)
    return dict([*_awesome(), *_edits(), *_fabric(), *_promptsource()])


def _awesome() -> Iterator[tuple[str, str]]:
    with (DATA / "awesome-chatgpt-prompts.csv").open(newline="", encoding="utf-8") as stream:
        for number, row in enumerate(csv.DictReader(stream)):
            yield f"awesome/{number}", row["prompt"]


def _edits() -> Iterator[tuple[str, str]]:
    for number, row in enumerate(_rows("awesome-chatgpt-prompts-edits.jsonl")):
        yield f"edits/{number}/before", row["before"]
        yield f"edits/{number}/after", row["after"]


def _fabric() -> Iterator[tuple[str, str]]:
    for row in _rows("fabric_patterns.jsonl"):
        name = row["id"].removeprefix("data/patterns/").removesuffix(".md")
        yield f"fabric/{name}", row["text"]


def _promptsource() -> Iterator[tuple[str, str]]:
    for row in _rows("promptsource_templates_yaml.jsonl"):
        name = row["id"].removeprefix("promptsource/templates/").removesuffix("/templates.yaml")
        # A safe loader with one more constructor, which builds mappings only.
        templates = yaml.load(row["text"], Loader=_Loader)["templates"]
        for key, template in (templates or {}).items():
            yield f"promptsource/{name}/{key}", template["jinja"]


def _rows(name: str) -> Iterator[Any]:
    with (DATA / name).open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
