"""Bring a promptfoo configuration into a workspace: prompts, golden sets, and the evals of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.golden.loading import load_golden, parse_row, write_golden
from promptops.prompts.formats.promptfoo import FooSuite, read_suite
from promptops.prompts.formats.promptfoo_files import Note
from promptops.prompts.formats.promptfoo_prompts import FooPrompt
from promptops.prompts.formats.promptfoo_tests import FooTest, type_of
from promptops.prompts.importing import ImportReport, import_rows, slug
from promptops.prompts.sources import Row
from promptops.scoring import SCORERS
from promptops.scoring.assertions import read_assertion
from promptops.scoring.reading import as_text

EVAL_ID = "promptfoo"
METRICS: Mapping[str, JSON] = {
    "assertions": {"min": 1.0},
    "assertion_score": {"scorer": "assertions", "with": {"value": "score"}},
}
"""As promptfoo counts: every test must pass; the mean score by weight is measured beside it."""

INCOMPLETE = "incomplete"
"""The tag of a case that lost assertions of its own."""

_LONGEST_ID = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptfooReport:
    """What became of a configuration.

    Attributes:
        prompts: The prompts; see `ImportReport`.
        golden: The golden sets that are in the workspace now.
        cases: Cases in them.
        kept: Golden sets that say something else than the configuration: they stay as they are.
        notes: Everything that was not imported, or not as it was.
    """

    prompts: ImportReport
    golden: tuple[Path, ...]
    cases: int
    kept: tuple[Path, ...]
    notes: tuple[Note, ...]


def import_promptfoo(
    source: Path,
    root: Path,
    *,
    area: str = "imported",
    license: str | None = None,  # noqa: A002 - the key's name in the prompt file
    progress: Callable[[int], None] | None = None,
) -> PromptfooReport:
    """Write prompts and golden sets of a promptfoo configuration.

    Prompts that use the same variables share a golden set; a value that none of them uses is left
    out of it, for it has done its work where an assertion refers to it. Importing again changes
    nothing, and nothing is overwritten.

    Args:
        source: The configuration.
        root: The workspace.
        area: Folder for the prompts.
        license: SPDX expression for all of them.
        progress: Called with the number of prompts done.

    Raises:
        ImportFormatError: Not a configuration, or without a prompt that can be imported.
        StorageError: A file cannot be written.
    """
    suite = read_suite(source)
    notes = list(suite.notes)
    checked = [_checked(test, notes) for test in suite.tests]
    tests = [test for test in checked if test is not None]
    notes += _unused(suite, tests, source.name)
    sets: dict[frozenset[str], Path] = {}
    for names in dict.fromkeys(prompt.names for prompt in suite.prompts if tests):
        sets[names] = _golden_path(root, suite, len(sets))
    rows = [
        _row(prompt, suite.name, tests, root, sets.get(prompt.names)) for prompt in suite.prompts
    ]
    prompts = root / "prompt_registry" / "prompts"
    report = import_rows(rows, source, prompts, area=area, license=license, progress=progress)
    kept: list[Path] = []
    count = 0
    for names, path in sets.items():
        cases = _cases(tests, names)
        if _write(cases, path):
            count += len(cases)
        else:
            kept.append(path)
    written = tuple(path for path in sets.values() if path not in kept)
    return PromptfooReport(
        prompts=report,
        golden=written,
        cases=count,
        kept=tuple(kept),
        # A test with lists of values says the same of each combination.
        notes=tuple(dict.fromkeys(notes)),
    )


def _unused(suite: FooSuite, tests: Sequence[FooTest], where: str) -> list[Note]:
    """Notes on values that no prompt shows to a model."""
    given = dict.fromkeys(name for test in tests for name in test.values)
    used = frozenset().union(*(prompt.names for prompt in suite.prompts))
    return [
        Note(where=where, text=f'"{name}" is in no prompt: it counts in assertions alone')
        for name in given
        if name not in used
    ]


def _checked(test: FooTest, notes: list[Note]) -> FooTest | None:
    """The test with the assertions that can be checked here; None without any."""
    sound = []
    incomplete = test.incomplete
    for number, assertion in enumerate(test.assertions):
        try:
            read_assertion(assertion)
            _refuse(assertion)
        except ValueError as problem:
            notes.append(Note(where=test.where, text=f"an assertion is left out: {problem}"))
            incomplete = incomplete or number >= test.defaults
        else:
            sound.append(assertion)
    if not sound:
        notes.append(Note(where=test.where, text="not imported: no assertion can be checked"))
        return None
    tags = test.tags
    if incomplete:
        tags = (*tags, INCOMPLETE)
        told = f'it lost assertions of its own and checks less: its case is tagged "{INCOMPLETE}"'
        notes.append(Note(where=test.where, text=told))
    return replace(test, assertions=tuple(sound), tags=tags)


def _refuse(assertion: Mapping[str, JSON]) -> None:
    """Refuse what no golden row should hold, though it reads.

    A Python assertion must name a scorer, for code of a configuration is not run; and where nothing
    is given to be equal to, something was forgotten.
    """
    if assertion["type"] in ("equals", "not-equals") and assertion.get("value") is None:
        raise ValueError(f'"{assertion["type"]}" needs a value')
    if assertion["type"] in ("python", "not-python"):
        value = assertion["value"]
        installed = {point.name for point in entry_points(group="promptops.scorer")}
        if value not in SCORERS and value not in installed:
            raise ValueError(
                '"python": code of a configuration is not run; make it a scorer'
                " (entry point promptops.scorer) and give its name"
            )
    for member in assertion.get("assert", ()):
        _refuse(member)


def _cases(tests: Sequence[FooTest], names: frozenset[str]) -> list[GoldenCase]:
    texts = _mixed(tests)
    taken: set[str] = set()
    cases = []
    for number, test in enumerate(tests, start=1):
        wanted = " ".join(test.description.split())[:_LONGEST_ID] or f"test-{number:03}"
        case_id = wanted if wanted not in taken else f"{wanted} #{number}"
        taken.add(case_id)
        row: dict[str, JSON] = {
            "id": case_id,
            "inputs": {
                name: as_text(value) if name in texts else value
                for name, value in test.values.items()
                if name in names
            },
            "assert": _together(test),
            "tags": list(test.tags),
        }
        equal = [each for each in test.assertions if each["type"] == "equals"]
        if len(equal) == 1:
            row["expected"] = equal[0]["value"]
        cases.append(parse_row(row))
    return cases


def _together(test: FooTest) -> list[JSON]:
    """The assertions of a test; its threshold makes a set of them."""
    found: list[JSON] = [dict(each) for each in test.assertions]
    if test.threshold is None:
        return found
    return [{"type": "assert-set", "threshold": test.threshold, "assert": found}]


def _mixed(tests: Sequence[FooTest]) -> frozenset[str]:
    """Variables whose values are of several types: they are texts here."""
    kinds: dict[str, set[str]] = {}
    for test in tests:
        for name, value in test.values.items():
            kinds.setdefault(name, set()).add(type_of(value))
    return frozenset(name for name, found in kinds.items() if len(found) > 1)


def _row(
    prompt: FooPrompt, name: str, tests: Sequence[FooTest], root: Path, golden: Path | None
) -> Row:
    mixed = _mixed(tests)
    variables: dict[str, JSON] = {}
    for used in sorted(prompt.names):
        given = [test.values[used] for test in tests if used in test.values]
        kind = "string" if used in mixed or not given else type_of(given[0])
        # Where a test sets nothing, promptfoo fills in nothing.
        always = len(given) == len(tests) and bool(tests)
        variables[used] = {"type": kind} if always or not tests else _optional(kind)
    fields: dict[str, JSON] = {
        "messages": [{"role": role, "content": text} for role, text in prompt.messages]
    }
    if variables:
        fields["variables"] = variables
    if golden is not None:
        dataset = golden.relative_to(root).as_posix()
        fields["evals"] = [{"id": EVAL_ID, "dataset": dataset, "metrics": dict(METRICS)}]
    text = "\n".join(text for _, text in prompt.messages)
    return Row(where=prompt.where, name=prompt.label or name, text=text, fields=fields)


def _optional(kind: str) -> dict[str, JSON]:
    return {"type": kind, "required": False}


def _golden_path(root: Path, suite: FooSuite, number: int) -> Path:
    name = slug(suite.name) or "promptfoo"
    suffix = f"-{number + 1}" if number else ""
    return root / "datasets" / "golden" / f"{name}{suffix}.jsonl"


def _write(cases: Sequence[GoldenCase], path: Path) -> bool:
    """Write a golden set where there is none; False when another one is there."""
    if path.exists():
        return [case.to_json() for case in load_golden(path).cases] == [
            case.to_json() for case in cases
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_golden(cases, path)
    return True
