"""The tests of a promptfoo configuration: inline or in files, with `defaultTest` laid under them.

Source: promptfoo's documentation, "Test cases" and "Configuration overview", and its reader of CSV
files; read 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON
from promptops.errors import PromptOpsError
from promptops.prompts.formats.promptfoo_files import (
    FILE,
    Note,
    UnreadableError,
    files_of,
    loaded,
    note_of,
    table_of,
    value_of,
)
from promptops.prompts.model import Variable
from promptops.prompts.rendering import render_text
from promptops.prompts.template import template_names

_SHORT_FORM = re.compile(r"((?:not-)?[a-z][a-z:-]*?)(?:\(([0-9.]+)\))?(?::\s*(.*))?", re.DOTALL)
_CODE_FORM = re.compile(r"(javascript|fn|eval|python|grade|llm-rubric):(.*)", re.DOTALL)
_CODE_TYPES = {"fn": "javascript", "eval": "javascript", "grade": "llm-rubric"}
_LISTS = ("contains-all", "contains-any", "icontains-all", "icontains-any")
_CODE_FILE = re.compile(r"file://.*\.(py|js|ts|mjs|cjs)(?::\w+)?")
_TYPE_WORDS = """
    answer-relevance assert-set bleu classifier contains contains-all contains-any contains-html
    contains-json contains-sql contains-xml context-faithfulness context-recall context-relevance
    cost equals factuality finish-reason g-eval gleu icontains icontains-all icontains-any is-html
    is-json is-refusal is-sql is-xml latency levenshtein meteor model-graded-closedqa
    model-graded-factuality moderation perplexity perplexity-score regex rouge-n similar
    starts-with webhook word-count
"""
_TYPES = frozenset(_TYPE_WORDS.split())
_SIMILAR = 0.8  # what promptfoo takes for `similar` in a CSV without a threshold
_MOST_COMBINATIONS = 1000
_CHANGES_PROMPT = ("prefix", "suffix")
_CHANGES_ANSWER = ("transform", "postprocess", "transformVars")
_KNOWN = {"description", "vars", "assert", "threshold", "metadata", "options"}
_KNOWN_OPTIONS = {
    *_CHANGES_PROMPT, *_CHANGES_ANSWER, "disableDefaultAsserts", "disableVarExpansion",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FooTest:
    """One test: values by variable, and what must hold, as written but with values filled in.

    ``threshold`` is the mean score that is enough; None where every assertion must hold. The first
    ``defaults`` of the assertions are those of `defaultTest`; ``incomplete`` where one that the
    test has of its own was left out.
    """

    where: str
    description: str = ""
    values: Mapping[str, JSON] = field(default_factory=dict)
    assertions: tuple[Mapping[str, JSON], ...] = ()
    defaults: int = 0
    incomplete: bool = False
    threshold: float | None = None
    tags: tuple[str, ...] = ()


def read_tests(config: Mapping[str, JSON], folder: Path, where: str) -> Iterator[FooTest | Note]:
    """The tests, each combination of values by itself, and a note for each that cannot be had.

    Args:
        config: The configuration.
        folder: Its folder.
        where: Its name.
    """
    try:
        default = loaded(config.get("defaultTest") or {}, folder)
        base = _mapping(default)
        yield from _not_imported(base, f"{where} defaultTest")
    except UnreadableError as problem:
        yield note_of(problem, f"{where} defaultTest")
        base = {}
    for found in _tests(config.get("tests"), folder, where):
        if isinstance(found, Note):
            yield found
            continue
        place, test = found
        try:
            yield from _expanded(test, base, config, folder, place)
        except UnreadableError as problem:
            yield note_of(problem, place, "not imported: ")


def assertion_of(text: str) -> dict[str, JSON]:
    """The assertion that a cell of an ``__expected`` column means; any other text must be equal."""
    if code := _CODE_FORM.fullmatch(text):
        return {"type": _CODE_TYPES.get(code[1], code[1]), "value": code[2].strip()}
    if file := _CODE_FILE.fullmatch(text):
        return {"type": "python" if file[1] == "py" else "javascript", "value": text}
    short = _SHORT_FORM.fullmatch(text)
    if short is None or (short[2] is None and short[3] is None and "-" not in short[1]):
        return {"type": "equals", "value": text}
    if not _is_type(short[1]):
        return {"type": "equals", "value": text}
    found: dict[str, JSON] = {"type": short[1]}
    base = short[1].removeprefix("not-")
    if short[3]:
        value = short[3].strip()
        found["value"] = [v.strip() for v in value.split(",")] if base in _LISTS else value
    if short[2]:
        found["threshold"] = float(short[2])
    elif base == "similar":
        found["threshold"] = _SIMILAR
    return found


def _is_type(word: str) -> bool:
    return word.removeprefix("not-").partition(":")[0] in _TYPES


def _tests(
    value: JSON, folder: Path, where: str
) -> Iterator[tuple[str, Mapping[str, JSON]] | Note]:
    """Each test as written with its place; files are opened."""
    if isinstance(value, str | Mapping):
        value = [value]
    for number, item in enumerate(value or [], start=1):
        place = f"{where} test {number}"
        if isinstance(item, Mapping) and "path" in item:
            yield Note(where=place, text=f"{item['path']}: tests made by code are not imported")
        elif isinstance(item, Mapping):
            yield place, item
        elif isinstance(item, str):
            try:
                yield from _file(item, folder)
            except UnreadableError as problem:
                yield note_of(problem, place)
        else:
            yield Note(where=place, text="a test is a mapping or names a file")


def _file(reference: str, folder: Path) -> Iterator[tuple[str, Mapping[str, JSON]] | Note]:
    if re.match(r"(?!file:)\w{2,20}://", reference):
        raise UnreadableError(f"{reference}: tests of a service are not imported")
    for path in files_of(reference, folder):
        if path.suffix.lower() in (".csv", ".tsv"):
            for line, row in table_of(path):
                yield f"{path.name}:{line}", _of_row(row)
            continue
        value = value_of(path)
        for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
            if isinstance(item, Mapping):
                yield f"{path.name} test {number}", item
            else:
                yield Note(where=f"{path.name} test {number}", text="a test is a mapping")


def _of_row(row: Mapping[str, str]) -> dict[str, JSON]:
    """The test that a row of a table means; columns with two underscores are not variables."""
    test: dict[str, Any] = {"vars": {}, "assert": [], "options": {}, "metadata": {}}
    for name, cell in row.items():
        if not name.startswith("__"):
            test["vars"][name] = cell
        elif re.fullmatch(r"__expected\d*", name):
            if cell.strip():
                test["assert"].append(assertion_of(cell))
        elif name.startswith("__metadata:"):
            test["metadata"][name.partition(":")[2].removesuffix("[]")] = cell
        elif not cell:
            continue
        elif name in ("__description", "__threshold"):
            test[name[2:]] = cell
        elif name in ("__prefix", "__suffix"):
            test["options"][name[2:]] = cell
        elif name != "__metric":
            test[name] = cell
    return test


def _expanded(
    test: Mapping[str, JSON],
    base: Mapping[str, JSON],
    config: Mapping[str, JSON],
    folder: Path,
    where: str,
) -> Iterator[FooTest | Note]:
    options = {**_mapping(base.get("options")), **_mapping(test.get("options"))}
    for name in (*_CHANGES_PROMPT, *_CHANGES_ANSWER):
        if options.get(name):
            what = "prompt" if name in _CHANGES_PROMPT else "answer or the values"
            raise UnreadableError(f"its option `{name}` changes the {what}")
    yield from _not_imported(test, where)
    default = [] if options.get("disableDefaultAsserts") else _list(base.get("assert"))
    specs = [*default, *_list(test.get("assert"))]
    threshold = test.get("threshold", base.get("threshold"))
    values = {**_values(base.get("vars"), folder), **_values(test.get("vars"), folder)}
    metadata = {**_mapping(base.get("metadata")), **_mapping(test.get("metadata"))}
    plain = FooTest(
        where=where,
        description=str(test.get("description") or ""),
        threshold=None if threshold in (None, "") else _number(threshold),
        tags=tuple(
            f"{name}:{value}"
            for name, value in metadata.items()
            if isinstance(value, str) and value
        ),
    )
    expand = not options.get("disableVarExpansion")
    for combination in _combinations(values) if expand else [values]:
        composed = {name: _filled(value, combination) for name, value in combination.items()}
        assertions: list[dict[str, JSON]] = []
        lost: list[bool] = []  # whether each that is left out is one of its own
        for number, spec in enumerate(specs):
            try:
                assertions.append(_assertion(spec, composed, config, folder))
            except UnreadableError as problem:
                lost.append(number >= len(default))
                yield note_of(problem, where, "an assertion is left out: ")
        yield replace(
            plain,
            values=composed,
            assertions=tuple(assertions),
            defaults=len(default) - lost.count(False),
            incomplete=any(lost),
        )


def _not_imported(test: Mapping[str, JSON], where: str) -> Iterator[Note]:
    """Notes on the keys of a test that have no equal here."""
    for name in sorted(test.keys() - _KNOWN):
        yield Note(where=where, text=f"its `{name}` is not imported")
    for name in sorted(_mapping(test.get("options")).keys() - _KNOWN_OPTIONS):
        advice = ": the judge is set by llm.judge" if name == "provider" else ""
        yield Note(where=where, text=f"its option `{name}` is not imported{advice}")


def _assertion(
    spec: JSON, values: Mapping[str, JSON], config: Mapping[str, JSON], folder: Path
) -> dict[str, JSON]:
    """An assertion with its value read from its file and its templates filled in."""
    found = {name: value for name, value in _resolved(spec, config).items() if name != "metric"}
    if isinstance(found.get("assert"), list):
        found["assert"] = [_assertion(each, values, config, folder) for each in found["assert"]]
    if "value" in found:
        value = found["value"]
        if not (isinstance(value, str) and _CODE_FILE.fullmatch(value)):
            found["value"] = _filled(loaded(value, folder), values)
    return found


def _values(value: JSON, folder: Path) -> dict[str, JSON]:
    """Variables by name; a value that names files is what they hold."""
    found = dict(_mapping(loaded(value, folder)))
    for name, each in found.items():
        if isinstance(each, str) and each.startswith(FILE):
            held = [value_of(path) for path in files_of(each, folder)]
            found[name] = held[0] if len(held) == 1 else held
    return found


def _combinations(values: Mapping[str, JSON]) -> list[dict[str, JSON]]:
    """A list of texts stands for each of them in turn."""
    choices = [
        each
        if isinstance(each, list) and each and all(isinstance(v, str) for v in each)
        else [each]
        for each in values.values()
    ]
    count = 1
    for each in choices:
        count *= len(each)
    if count > _MOST_COMBINATIONS:
        raise UnreadableError(f"its values make {count:,} combinations")
    return [dict(zip(values, choice, strict=True)) for choice in product(*choices)]


def _filled(value: JSON, values: Mapping[str, JSON]) -> JSON:
    """A value whose texts are templates, filled in with the test's other values."""
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, Mapping):
        return {name: _filled(each, values) for name, each in value.items()}
    if not isinstance(value, str) or "{{" not in value:
        return value
    try:
        used = template_names(value)
        if missing := sorted(used - values.keys()):
            raise UnreadableError(
                f'"{value[:60]}" uses "{missing[0]}", which the test does not set'
            )
        return render_text(
            value,
            {name: values[name] for name in used},
            {name: Variable(type=type_of(values[name])) for name in used},
        )
    except PromptOpsError as problem:
        raise UnreadableError(f'"{value[:60]}": {problem.message}') from problem


def type_of(value: JSON) -> Any:
    """The type of variable that takes a value."""
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "string")


def _resolved(spec: JSON, config: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """An assertion, looked up where it is a reference into the configuration."""
    if isinstance(spec, Mapping) and isinstance(spec.get("$ref"), str):
        found: JSON = config
        for part in spec["$ref"].removeprefix("#/").split("/"):
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            raise UnreadableError(f"{spec['$ref']} is not in the configuration")
        return {**found, **{name: value for name, value in spec.items() if name != "$ref"}}
    if not isinstance(spec, Mapping):
        raise UnreadableError("an assertion is a mapping with a type")
    return spec


def _mapping(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list | None):
        raise UnreadableError("`assert` is no list")
    return value or []


def _number(value: JSON) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UnreadableError(f'its threshold "{value}" is no number') from None
