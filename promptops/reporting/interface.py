"""The HTTP interface as one HTML page, drawn from its OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.reporting.page import Anchor, page


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a request carries, in its ``path``, ``query``, ``header`` or ``body``."""

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    summary: str
    text: str
    status: str
    fields: tuple[Field, ...]


def interface_html(document: Mapping[str, JSON]) -> str:
    """An OpenAPI document for people: every route with what it takes, by service."""
    groups: dict[str, list[Route]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["service"])[0]
            groups.setdefault(tag, []).append(_route(document, path, method, operation))
    count = sum(len(routes) for routes in groups.values())
    return page(
        "interface",
        title="PromptOps interface",
        kind="interface",
        headline=f"{counted(count, 'route')} of this service",
        meta=[f"version {document['info']['version']}", "the same as data: /openapi.json"],
        contents=[Anchor(anchor=tag, title=tag, count=len(groups[tag])) for tag in groups],
        groups=groups,
    )


def _route(
    document: Mapping[str, JSON], path: str, method: str, operation: Mapping[str, JSON]
) -> Route:
    summary, _, rest = str(operation.get("description", "")).partition("\n\n")
    good = [status for status in operation["responses"] if status.startswith("2")]
    return Route(
        method=method.upper(),
        path=path,
        summary=" ".join(summary.split()),
        text=" ".join(rest.split()),
        status=", ".join(good),
        fields=tuple(_fields(document, operation)),
    )


def _fields(document: Mapping[str, JSON], operation: Mapping[str, JSON]) -> Iterator[Field]:
    for item in operation.get("parameters", ()):
        yield Field(
            name=item["name"],
            place=item["in"],
            kind=_kind(document, item["schema"]),
            required=bool(item.get("required")),
            text=str(item.get("description", "")),
        )
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        yield from _members(document, content["schema"], "")


def _members(document: Mapping[str, JSON], schema: JSON, prefix: str) -> Iterator[Field]:
    whole = _resolved(document, schema)
    for name, member in whole.get("properties", {}).items():
        inner = _resolved(document, member)
        yield Field(
            name=f"{prefix}{name}",
            place="body",
            kind=_kind(document, member),
            required=name in whole.get("required", ()),
            text=str(inner.get("description", "")),
        )
        items = _resolved(document, inner.get("items", {}))
        if "properties" in items:
            yield from _members(document, items, f"{prefix}{name}[].")


def _resolved(document: Mapping[str, JSON], schema: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """The schema that a reference names."""
    found: Mapping[str, JSON] = schema
    while "$ref" in found:
        found = document["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def _kind(document: Mapping[str, JSON], schema: Mapping[str, JSON]) -> str:
    """A type in a few words, with its default."""
    found = _resolved(document, schema)
    choices = [each for each in found.get("anyOf", (found,)) if each.get("type") != "null"]
    words = " or ".join(_word(document, each) for each in choices)
    default = found.get("default")
    return words if default in (None, [], "") else f"{words}, {json.dumps(default)}"


def _word(document: Mapping[str, JSON], schema: Mapping[str, JSON]) -> str:
    found = _resolved(document, schema)
    if "enum" in found:
        return " | ".join(str(each) for each in found["enum"])
    if found.get("type") == "array":
        return f"list of {_word(document, found['items'])}"
    return str(found.get("type", "any"))
