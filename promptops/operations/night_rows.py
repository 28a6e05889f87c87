"""From what the steps return to the rows of the night's report."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.core.statistics import mean_interval
from promptops.lint.finding import Severity
from promptops.operations.evaluation import Measured
from promptops.prompts.digests import semantic_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Variant
from promptops.prompts.proposals import Proposal
from promptops.prompts.selection import names
from promptops.reporting.night import (
    DuplicateRow,
    FindingRow,
    PackRow,
    PointRow,
    PromptRow,
    ProposalRow,
    RegressionRow,
    RoutingRow,
    SuggestionRow,
)

if TYPE_CHECKING:
    from promptops.cluster.report import ClusterReport
    from promptops.golden.contracts import ContractReport
    from promptops.lint.report import LintReport
    from promptops.operations.optimization import Optimized
    from promptops.operations.regression import Regressed
    from promptops.operations.routing import Recalibrated
    from promptops.packs.build import Pack

_FINDINGS_SHOWN = 60
_ROWS_SHOWN = 8
_SUGGESTIONS_SHOWN = 2


def prompt_row(file: PromptFile, area: str) -> PromptRow:
    """A prompt of which nothing is known yet."""
    prompt = file.prompt
    return PromptRow(
        id=prompt.id,
        area=area,
        title=prompt.title,
        version=prompt.version,
        digest=semantic_digest(prompt),
    )


def families_of(variant: Variant) -> tuple[str, ...]:
    """The model families that a variant is for."""
    return names(variant.when.get("family"))


def relative(path: str, root: Path) -> str:
    """A path as people write it in this workspace."""
    try:
        return Path(path).relative_to(root).as_posix()
    except ValueError:
        return path


def data_of(file: PromptFile) -> set[str]:
    """The data sets a prompt depends on, relative to the workspace."""
    found = {item.dataset for item in file.prompt.evals}
    if file.prompt.retrieval is not None:
        found.add(f"datasets/kb/{file.prompt.retrieval.kb}")
    return found


def violations(report: "ContractReport") -> Iterator[str]:
    """One line for each broken rule, with its rows."""
    for item in report.violations:
        if report.kind == "prompt" and item.file:
            yield f"{':'.join((item.file, *map(str, item.rows)))}: {item.message}"
            continue
        shown = ", ".join(str(row) for row in item.rows[:_ROWS_SHOWN])
        more = f" and {len(item.rows) - _ROWS_SHOWN} more" if len(item.rows) > _ROWS_SHOWN else ""
        yield f"{item.message}" + (f" (rows {shown}{more})" if shown else "")


def finding_counts(report: "LintReport") -> dict[str, dict[str, int]]:
    """Findings by severity, for each prompt that has some."""
    names = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "infos"}
    return {
        prompt_id: {
            name: sum(finding.severity is level for finding in found)
            for level, name in names.items()
        }
        for prompt_id, found in report.by_prompt().items()
    }


def finding_rows(report: "LintReport") -> tuple[FindingRow, ...]:
    """The findings, the most severe first."""
    ranked = sorted(report.findings, key=lambda finding: finding.severity.rank)
    return tuple(
        FindingRow(
            code=f.code,
            severity=str(f.severity),
            message=f.message,
            path=str(f.path),
            line=f.line,
            column=f.column,
        )
        for f in ranked[:_FINDINGS_SHOWN]
    )


def duplicate_rows(report: "ClusterReport") -> tuple[DuplicateRow, ...]:
    """Pairs of prompts that say the same."""
    return tuple(
        DuplicateRow(
            first=pair.a, second=pair.b, kind=str(pair.kind), similarity=float(pair.similarity)
        )
        for pair in report.duplicates
    )


def point_rows(report: "ClusterReport") -> tuple[PointRow, ...]:
    """The map of prompts."""
    labels = {cluster.id: cluster.label for cluster in report.clusters}
    return tuple(
        PointRow(id=name, cluster=labels.get(found.cluster or "", ""), x=found.x, y=found.y)
        for name, found in report.assignments.items()
    )


def score_fields(measured: Measured) -> dict[str, object]:
    """What an evaluation says of its prompt."""
    evaluation = measured.evaluation
    return {
        "target": evaluation.target.name,
        "metric": measured.metric,
        "cases": len(evaluation.cases),
        "score": measured.score,
        "tokens_before": evaluation.input_tokens_mean + evaluation.output_tokens_mean,
        "latency_ms": evaluation.latency_ms_mean,
        "verdict": "not-optimized",
        "reason": "; ".join(measured.below),
    }


def optimization_fields(result: "Optimized") -> dict[str, object]:
    """What an optimization says of its prompt."""
    found = result.result
    fields: dict[str, object] = {"verdict": found.verdict, "reason": found.reason}
    if found.base.values(result.metric):
        fields["before"] = mean_interval(list(found.base.values(result.metric).values()))
    if found.best is not None and found.comparison is not None:
        fields["after"] = mean_interval(list(found.best.values(result.metric).values()))
        fields["difference"] = found.comparison.difference
        fields["tokens_before"] = found.base.input_tokens_mean + found.base.output_tokens_mean
        fields["tokens_after"] = found.best.input_tokens_mean + found.best.output_tokens_mean
    return fields


def suggestion_rows(results: "Iterable[Optimized]") -> tuple[SuggestionRow, ...]:
    """What the optimizations advise: a few single changes, and more cases where these would do."""
    return tuple(
        SuggestionRow(prompt=found.result.prompt_id, text=text)
        for found in results
        for text in (
            *(each.text for each in found.explanation.suggestions[:_SUGGESTIONS_SHOWN]),
            *([found.explanation.more_cases] if found.explanation.more_cases else []),
        )
    )


def regression_row(item: "Regressed") -> RegressionRow:
    """One prompt against its knowledge base."""
    return RegressionRow(
        prompt=item.prompt_id,
        kb=item.kb,
        old=item.old,
        new=item.new,
        verdict=item.verdict,
        cases=item.cases,
        fixed=item.fixed,
        broken=item.broken,
        reran=item.reran,
        difference=item.difference,
        note=item.note,
    )


def routing_rows(results: "Iterable[Recalibrated]") -> tuple[RoutingRow, ...]:
    """What each policy would choose for each prompt."""
    return tuple(
        RoutingRow(
            policy=item.policy.metadata.name,
            prompt=choice.prompt_id,
            before=choice.before or "",
            after=choice.after or "",
            reason=choice.reason,
            runs=item.estimates.rows,
        )
        for item in results
        for choice in item.report.choices
    )


def pack_row(pack: "Pack") -> PackRow:
    """The candidate pack."""
    identity, _, version = pack.name.partition("-")
    head = pack.manifest
    return PackRow(
        id=str(head.get("id", identity)),
        version=str(head.get("version", version)),
        digest=pack.digest,
        path=str(pack.archive),
        prompts=len(head.get("prompts", ())),
        size=pack.archive.stat().st_size,
    )


def proposal_row(proposal: Proposal, path: Path, root: Path) -> ProposalRow:
    """A new version that waits for a decision."""
    return ProposalRow(
        id=proposal.id,
        prompt=proposal.prompt_id,
        kind=proposal.kind,
        title=proposal.title,
        path=relative(str(path), root),
    )
