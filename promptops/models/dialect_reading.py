"""Reading a dialect file, with the line of whatever is wrong in it."""

from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from promptops.errors import SettingsError
from promptops.models.claims import Claim

_KEYS = "expected keys with values"
_PLAIN = {
    "extra_forbidden": "no such key",
    "missing": "is missing",
    "string_type": "expected a text; put it in quotes",
    "tuple_type": "expected a list",
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "date_from_datetime_parsing": "expected a day like 2026-11-22",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Source(_Part):
    title: str
    url: str


class DialectFile(_Part):
    """A dialect file as it is written.

    Attributes:
        family: The family.
        title: What people call it.
        version: The day of the last change, or any other mark of it.
        names: Words by which model ids tell the family.
        sources: Sources by a short name that claims can use.
        common: Fields that are the same in every claim which does not say otherwise.
        claims: The claims; ``family`` is filled in, and ``source`` may be a name of ``sources``.
    """

    family: str
    title: str
    version: str
    names: tuple[str, ...] = ()
    sources: dict[str, _Source] = {}
    common: dict[str, Any] = {}
    claims: tuple[dict[str, Any], ...]


def read_dialect_file(text: str, where: str) -> tuple[DialectFile, tuple[Claim, ...]]:
    """The head of a dialect file and its claims.

    Args:
        text: The file's text.
        where: What messages call the file.

    Raises:
        SettingsError: It is not YAML, a field is missing, unknown or has a value that it cannot
            have, or two claims have one id; names the file and the line.
    """
    node, tree = _parse(text, where)
    try:
        file = DialectFile.model_validate(tree)
    except ValidationError as problem:
        raise _error(problem, node, (), where) from problem
    claims: dict[str, Claim] = {}
    for number, item in enumerate(file.claims):
        place = ("claims", number)
        try:
            claim = Claim.model_validate(_filled(file, item))
        except ValidationError as problem:
            raise _error(problem, node, place, where) from problem
        if claim.id in claims:
            at = f"{where}:{_line(node, place)}"
            raise SettingsError(f'two claims have the id "{claim.id}"', where=at)
        claims[claim.id] = claim
    return file, tuple(claims.values())


def _filled(file: DialectFile, item: dict[str, Any]) -> dict[str, Any]:
    given = {**file.common, **item}
    source = file.sources.get(str(given.get("source")))
    named = {"source": source.title, "url": given.get("url", source.url)} if source else {}
    return {**given, **named, "family": file.family}


def _parse(text: str, where: str) -> tuple[yaml.Node | None, Any]:
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise SettingsError("not YAML", where=place) from problem
    finally:
        loader.dispose()


def _error(
    problem: ValidationError, node: yaml.Node | None, within: tuple[str | int, ...], where: str
) -> SettingsError:
    """The first thing that pydantic found, at the line of the innermost node on the way to it."""
    reason = problem.errors()[0]
    field = ".".join(str(part) for part in reason["loc"])
    told = _PLAIN.get(reason["type"]) or reason["msg"].removeprefix("Value error, ")
    told = told.replace("Input should be", "expected")
    at = f"{where}:{_line(node, (*within, *reason['loc']))}"
    return SettingsError(f"{field}: {told}" if field else told, where=at)


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    """The line (from 1) of the node at the end of a path, or of the last one on the way to it."""
    line = node.start_mark.line if node else 0
    for part in path:
        node = _child(node, part)
        if node is None:
            break
        line = node.start_mark.line
    return line + 1


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None
