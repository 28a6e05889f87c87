"""The reference pages of the checks that ask a model."""

from collections.abc import Iterator, Mapping, Sequence

from promptops.lint.judge.calibration import (
    LEAST_PRECISION,
    MOST_FALSE_ALARMS,
    load_calibration,
    shortcoming,
)
from promptops.lint.judge.checks import CHECKS, MOST_FINDINGS, Check
from promptops.lint.taxonomy import references

_NEEDS = {"any": "a small model may do", "strong": "a strong model"}


def find_check(wanted: str) -> Check | None:
    """The check of a lower-case code or name, None when there is none."""
    return next((c for c in CHECKS.values() if wanted in (c.code.lower(), c.name)), None)


def check_names() -> Sequence[str]:
    """Codes and names of the checks."""
    return [*CHECKS, *(check.name for check in CHECKS.values())]


def check_pages() -> Mapping[str, str]:
    """The page of every check by its file name."""
    return {check_file(check): check_page(check) for check in CHECKS.values()}


def check_file(check: Check) -> str:
    """The file of a check's page."""
    return f"{check.code}-{check.name}.md"


def check_rows() -> Iterator[tuple[str, str, str, str]]:
    """For the index: link, name, severity and what the check finds."""
    for check in CHECKS.values():
        link = f"[{check.code}]({check_file(check)})"
        yield link, check.name, check.severity.value, check.summary


def check_page(check: Check) -> str:
    """The page of one check, as Markdown."""
    lines = [f"# {check.code} {check.name}", "", f"{check.summary}.", "", check.definition, ""]
    lines += [
        "A model judges this, and only with `--llm`; without it the check is not made. A finding",
        "counts only when the words that it quotes stand in the prompt, and at most",
        f"{MOST_FINDINGS} are reported for a prompt.",
        "",
        "| | |",
        "|---|---|",
        f"| Severity | {check.severity.value} |",
        f"| Needs | {_NEEDS[check.needs]} |",
        f"| Quotes | {check.quotes} |",
        f"| Version | {check.version} |",
        "",
        "## What the model is asked",
        "",
        check.question,
        "",
        "## Examples",
        "",
        "| found | passage |",
        "|---|---|",
    ]
    for example in check.examples:
        passage = " / ".join(example.sentences).replace("|", "\\|")
        lines.append(f"| {'yes' if example.defect else 'no'} | {passage} |")
    lines += ["", "## What to do", "", check.advice, ""]
    if check.tags:
        lines += ["## References", "", *references(check.tags), ""]
    return "\n".join([*lines, "## Agreement with labels", "", *_agreement(check)]) + "\n"


def _agreement(check: Check) -> Iterator[str]:
    rows = [
        (model, found)
        for model, measured in sorted(load_calibration().items())
        if (found := measured.get(check.code)) is not None and found.version == check.version
    ]
    if not rows:
        yield "Not measured yet for any model."
        return
    yield "A model is asked by default when it agrees better than chance, finds something in at"
    yield f"most {MOST_FALSE_ALARMS:.0%} of the prompts without the defect, and points at the right"
    yield f"place at least {LEAST_PRECISION:.0%} of the time; `--llm-force` asks it all the same."
    yield "Kappa is 0 for chance and 1 at best."
    yield ""
    yield (
        "| model | prompts | accuracy | kappa (95% interval) | false alarms | right place"
        " | measured | asked |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for model, found in rows:
        kappa = found.kappa
        yield (
            f"| {model} | {found.n} | {found.accuracy:.2f} "
            f"| {kappa.estimate:.2f} ({kappa.low:.2f} to {kappa.high:.2f}) "
            f"| {found.false_alarms:.2f} | {found.span_precision:.2f} | {found.date} "
            f"| {'no' if shortcoming(found) else 'yes'} |"
        )
