"""The one door to great-expectations: the suites, as code, and what runs them."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptops.core.references import ID_PATTERN
from promptops.golden.frames import YES

if TYPE_CHECKING:
    import pandas as pd

_DIGEST = r"^sha256:[0-9a-f]{64}$"
_LARGEST_DOCUMENT = 4 * 1024 * 1024
_LONGEST_CALL_MS = 3_600_000
_RUN_COLUMNS = (
    "run_id", "at", "prompt_id", "prompt_digest", "target", "model", "variant", "input_tokens",
    "output_tokens", "cost_usd", "latency_ms", "quality", "case_id", "error", "topic",
)  # fmt: skip
# The library keeps one project for the whole process.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A rule that did not hold; see `promptops.golden.contracts.Violation`."""

    rule: str
    column: str
    rows: tuple[int, ...]
    message: str
    file: str = ""


def golden_suite(frame: "pd.DataFrame") -> list[Any]:
    """What a golden set must be."""
    import great_expectations.expectations as gxe

    kinds = frame["expected_type"].dropna().mode().tolist()[:1]
    usual = kinds[0] if kinds else "null"
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=1, meta=_meta("not-empty", "", "there must be at least one case")
        ),
        *(
            gxe.ExpectColumnValuesToNotBeInSet(
                column="problem", value_set=[problem], meta=_meta("case", "", problem)
            )
            for problem in frame["problem"].dropna().unique().tolist()
        ),
        gxe.ExpectColumnValuesToBeUnique(
            column="id", meta=_meta("unique-id", "id", "ids must be unique")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="inputs_fit",
            value_set=[YES],
            meta=_meta("inputs-fit", "inputs", "an input is named otherwise than in other cases"),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="expected_type",
            value_set=kinds,
            meta=_meta("one-type", "expected", f"most answers are of type {usual}, these are not"),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="agrees",
            value_set=[YES],
            meta=_meta("agrees", "expected", "the same inputs are given different answers"),
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="evidence",
            regex=r"^(?!/)(?!.*\.\.)[^\\]+\.md$",
            meta=_meta("evidence-path", "evidence", "evidence is the path of a .md document"),
        ),
    ]


def runs_suite(frame: "pd.DataFrame") -> list[Any]:
    """What logged runs must be; a missing column is reported once, not by every rule about it."""
    import great_expectations.expectations as gxe

    present = set(frame.columns)
    exist = [
        gxe.ExpectColumnToExist(
            column=name, meta=_meta("columns", name, f'column "{name}" is missing')
        )
        for name in _RUN_COLUMNS
    ]
    return exist + [rule for rule in _run_rules(gxe) if rule.column in present]


def _run_rules(gxe: Any) -> Iterator[Any]:
    for name in ("run_id", "at", "prompt_id", "target", "model"):
        yield gxe.ExpectColumnValuesToNotBeNull(
            column=name, meta=_meta("not-null", name, "a value is missing")
        )
    yield gxe.ExpectColumnValuesToBeUnique(
        column="part_run", meta=_meta("unique-run", "run_id", "run ids must be unique in a part")
    )
    yield gxe.ExpectColumnValuesToMatchRegex(
        column="prompt_id",
        regex=f"^{ID_PATTERN}$",
        meta=_meta("prompt-id", "prompt_id", "this is no prompt id"),
    )
    yield gxe.ExpectColumnValuesToMatchRegex(
        column="prompt_digest",
        regex=_DIGEST,
        meta=_meta("digest", "prompt_digest", "a digest is sha256: and 64 hex digits"),
    )
    yield gxe.ExpectColumnValuesToBeInSet(
        column="target_fits",
        value_set=[YES],
        meta=_meta("target", "target", "a target is its model, or model#variant"),
    )
    limits = {"input_tokens": None, "output_tokens": None, "cost_usd": None, "quality": 1}
    for name, most in {**limits, "latency_ms": _LONGEST_CALL_MS}.items():
        bounds = "0 or more" if most is None else f"between 0 and {most}"
        yield gxe.ExpectColumnValuesToBeBetween(
            column=name, min_value=0, max_value=most, meta=_meta("range", name, f"must be {bounds}")
        )


def kb_suite(frame: "pd.DataFrame") -> list[Any]:  # noqa: ARG001 - all suites have one shape
    """What the documents of a knowledge base must be."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=1, meta=_meta("not-empty", "", "there must be at least one .md document")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="encoding", value_set=["utf-8"], meta=_meta("utf-8", "", "text must be UTF-8")
        ),
        gxe.ExpectColumnValuesToNotBeNull(
            column="text", meta=_meta("not-blank", "", "a document must not be blank")
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="bytes",
            max_value=_LARGEST_DOCUMENT,
            meta=_meta("size", "", "a document is at most 4 MiB"),
        ),
        gxe.ExpectColumnValuesToNotMatchRegex(
            column="text",
            regex=r"(?:^|\s)(?:<{7}|>{7})\s",
            meta=_meta("merged", "", "marks of an unfinished merge are left in the text"),
        ),
        gxe.ExpectColumnValuesToBeUnique(
            column="content", meta=_meta("said-once", "", "two documents are the same")
        ),
    ]


def run_suite(name: str, suite: Sequence[Any], frame: "pd.DataFrame") -> list[Failure]:
    """Run expectations over a frame.

    Args:
        name: Name of the suite.
        suite: Expectations made by a function of this module.
        frame: The data; needs the column ``row``, may have ``file``.

    Returns:
        What did not hold, in the order of the suite; one entry a file.
    """
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    for number, expectation in enumerate(suite):
        expectation.meta["number"] = number
    place = ["file", "row"] if "file" in frame.columns else ["row"]
    # It tells of every temporary folder it makes, on a logger with a level of its own.
    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.WARNING)
    with _ONE_AT_A_TIME:
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(enable=False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        batch = (
            context.data_sources.add_pandas("memory")
            .add_dataframe_asset(name)
            .add_batch_definition_whole_dataframe("all")
            .get_batch({"dataframe": frame})
        )
        result = batch.validate(
            gx.ExpectationSuite(name=name, expectations=list(suite)),
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": place},
        )
    failed = [outcome for outcome in result.results if not outcome.success]
    # Results come back in another order than the suite's.
    failed.sort(key=lambda outcome: outcome.expectation_config.meta["number"])
    return [failure for outcome in failed for failure in _failures(outcome)]


def _meta(rule: str, column: str, message: str) -> dict[str, Any]:
    return {"rule": rule, "about": column, "message": message}


def _failures(outcome: Any) -> Iterator[Failure]:
    meta = outcome.expectation_config.meta
    rows: dict[str, list[int]] = {}
    for place in outcome.result.get("unexpected_index_list") or []:
        rows.setdefault(str(place.get("file", "")), []).append(int(place["row"]))
    problem = _exception(outcome.exception_info)
    message = f"cannot be checked: {problem}" if problem else meta["message"]
    for file, numbers in rows.items() or [("", [])]:
        yield Failure(
            rule=meta["rule"],
            column=meta["about"],
            rows=tuple(sorted(numbers)),
            message=message,
            file=file,
        )


def _exception(info: Any) -> str:
    """What an expectation stumbled over, such as text where numbers belong; empty for nothing."""
    entries = [info, *info.values()] if isinstance(info, dict) else []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message", "")).strip().partition("\n")[0]
    return ""
