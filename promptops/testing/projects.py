"""A project for rules about several prompts, written as one text."""

import re

import yaml

from promptops.core.canonical import JSON
from promptops.golden.loading import parse_row
from promptops.lint.documentation import as_prompt_file
from promptops.lint.project import Member, Project, Route, Unread
from promptops.models.card import ModelCard
from promptops.prompts.loader import parse_prompt

GOLDEN = "datasets/golden/example.jsonl"
"""The golden set that the rows of ``golden:`` stand in."""

_BREAK = re.compile(r"^---\n", re.MULTILINE)


def project_of(text: str, *, unread: tuple[Unread, ...] = ()) -> Project:
    """The project that the documents of a text describe, ``---`` between them.

    A document is a prompt file or a piece of one; one that begins with ``golden:`` has the rows of
    the golden set `GOLDEN`, with ``earlier:`` a prompt as it was (the key stands for ``id:``), with
    ``routes:`` what routing makes of each target for every prompt. Prompts lie in the area
    ``support`` unless they say ``x-area``.

    Raises:
        PromptOpsError: A piece is no prompt.
        ValueError: A row is none.
    """
    members: list[Member] = []
    rows: list[JSON] = []
    routes: list[Route] = []
    earlier = {}
    for piece in _BREAK.split(text.strip("\n") + "\n"):
        key = piece.partition(":")[0]
        if key == "golden":
            rows = yaml.safe_load(piece)["golden"]
        elif key == "routes":
            routes = [_route(row) for row in yaml.safe_load(piece)["routes"]]
        elif key == "earlier":
            old = parse_prompt(as_prompt_file(piece.replace("earlier:", "id:", 1)), "old").prompt
            earlier[old.id] = old
        else:
            members.append(_member(piece))
    for member in members:
        member.earlier = earlier.get(member.prompt.id)
    cases = tuple(
        parse_row({"id": f"c{line}", "inputs": {}, **row}, line=line)
        for line, row in enumerate(rows, start=1)
    )
    return Project(
        members=tuple(members),
        golden={GOLDEN: cases} if cases else {},
        routes={member.prompt.id: tuple(routes) for member in members} if routes else {},
        unread=unread,
    )


def _member(piece: str) -> Member:
    file = parse_prompt(as_prompt_file(piece), "new.prompt.yaml")
    area = str(file.prompt.extra.get("x-area", "support"))
    return Member(file=file, path=f"{area}/{file.prompt.id}.prompt.yaml", area=area)


def _route(row: dict[str, JSON]) -> Route:
    card = row.pop("card", None)
    made = {"id": row["target"], "family": "any", "provider": "any"} | card if card else None
    return Route(card=ModelCard.model_validate(made) if made else None, **row)
