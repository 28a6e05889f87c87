"""Check data sets against their contracts, and prompts against their data."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptops.core.canonical import JSON, digest_bytes, digest_file
from promptops.core.counting import counted
from promptops.errors import PromptOpsError
from promptops.operations.prompt_contracts import check_prompts
from promptops.prompts.loader import PromptFile
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

if TYPE_CHECKING:
    from promptops.golden.contracts import ContractReport

KIND = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """What is checked: its kind (``golden``, ``runs``, ``kb`` or ``prompt``) and its place."""

    kind: str
    path: Path


def data_sets(services: Services, files: Sequence[PromptFile] | None = None) -> tuple[DataSet, ...]:
    """Every data set there is: golden sets that prompts name, the run log, knowledge bases.

    Args:
        services: The workspace.
        files: Its prompts, where they are read already.
    """
    workspace = services.workspace
    files = services.registry.load_all()[0] if files is None else files
    named = {workspace.root / item.dataset for file in files for item in file.prompt.evals}
    golden = sorted({*named, *workspace.golden.glob("*.jsonl")})
    found = [DataSet(kind="golden", path=path) for path in golden]
    if services.run_log.parts():
        found.append(DataSet(kind="runs", path=workspace.runs))
    if workspace.kb.is_dir():
        folders = sorted(path for path in workspace.kb.iterdir() if path.is_dir())
        found += [DataSet(kind="kb", path=path) for path in folders]
    return tuple(found)


def check_data(
    services: Services,
    sets: Iterable[DataSet] | None = None,
    files: Sequence[PromptFile] | None = None,
) -> "tuple[ContractReport, ...]":
    """Check data sets with great-expectations; one that was checked unchanged is not again.

    A missing or unreadable file is a violation of its own report: it stops only what depends
    on it. Prompts that do not go with their data follow, a report of kind ``prompt`` for each;
    where ``sets`` are named, only prompts that are among them or read one of them.

    Args:
        services: The workspace.
        sets: What to check; everything when None.
        files: The prompts of the workspace, where they are read already.
    """
    files = services.registry.load_all()[0] if files is None else files
    chosen = data_sets(services, files) if sets is None else tuple(sets)
    if sets is not None:
        places = {item.path for item in chosen}
        files = [file for file in files if places & _places(services, file)]
    chosen = tuple(item for item in chosen if item.kind != "prompt")
    known = {item: _known(services, item) for item in chosen}
    new = [item for item in chosen if known[item] is None]
    if new:
        # Its import alone takes seconds; what was checked before needs it not.
        services.notice(f"checking {counted(len(new), 'data set')} with great-expectations …")
    reports: list[ContractReport] = []
    for item in chosen:
        report = known[item]
        if report is None:
            services.progress("validate", len(reports), len(chosen))
            report = _check(services, item)
        reports.append(report)
    services.progress("validate", len(chosen), len(chosen))
    return (*reports, *check_prompts(services, files))


def _places(services: Services, file: PromptFile) -> set[Path]:
    """The prompt's file and the data sets it depends on."""
    workspace = services.workspace
    places = {file.path, *(workspace.root / item.dataset for item in file.prompt.evals)}
    if file.prompt.retrieval is not None:
        places.add(workspace.kb / file.prompt.retrieval.kb)
    return places


def _known(services: Services, item: DataSet) -> "ContractReport | None":
    """The report of a data set that was checked as it is now."""
    from promptops.golden.contracts import ContractReport

    subject = _digest(item.path)
    found = services.evidence.find(subject, KIND, _inputs(item)) if subject else None
    if found is None:
        return None
    return ContractReport.from_json({**found.value, "dataset": str(item.path)})


def _inputs(item: DataSet) -> dict[str, JSON]:
    from promptops.golden.contracts import CONTRACT_VERSION

    return {"kind": item.kind, "contract": CONTRACT_VERSION}


def _check(services: Services, item: DataSet) -> "ContractReport":
    from promptops.golden import contracts

    subject = _digest(item.path)
    checks: dict[str, Callable[[Path], ContractReport]] = {
        "golden": contracts.check_golden,
        "runs": contracts.check_runs,
        "kb": contracts.check_kb,
    }
    try:
        report = checks[item.kind](item.path)
    except PromptOpsError as problem:
        # What is missing cannot be read later either: told now, with everything else.
        broken = contracts.Violation(rule="readable", column="", rows=(), message=problem.message)
        return contracts.ContractReport(
            dataset=str(item.path),
            kind=item.kind,
            checked_rows=0,
            violations=(broken,),
            digest=subject,
        )
    if subject:
        services.evidence.add(
            Evidence(
                subject=subject,
                kind=KIND,
                inputs=_inputs(item),
                value=report.to_json(),
                measured_at=services.clock(),
                code_version=CODE_VERSION,
            ),
            refused=services.forgo,
        )
    return report


def _digest(path: Path) -> str:
    """Digest of a file's bytes, or of all files of a folder with their names; empty if none.

    A folder without files has none: it must not pass for the empty file.
    """
    if path.is_file():
        return digest_file(path)
    if not path.is_dir():
        return ""
    parts = sorted(file for file in path.rglob("*") if file.is_file())
    listing = "".join(
        f"{file.relative_to(path).as_posix()} {digest_file(file)}\n" for file in parts
    )
    return digest_bytes(listing.encode()) if listing else ""
