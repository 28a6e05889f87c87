"""Where to look next: what deserves a look, each with the command or the page that shows it."""

from dataclasses import dataclass

from promptops.core.counting import counted
from promptops.reporting.night import NightReport


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing worth a look; ``url`` is empty when ``command`` is to be typed."""

    text: str
    command: str
    url: str = ""


_LINKS = {
    "mlflow_ui": "Open MLflow",
    "mlflow_run": "This night in MLflow",
    "mlflow_compare": "Old and new wordings side by side",
}


def next_steps(report: NightReport) -> tuple[NextStep, ...]:
    """The most urgent first; never empty."""
    steps: list[NextStep] = []
    if report.errors:
        first = report.errors[0]
        steps.append(
            NextStep(
                text=f"{counted(len(report.errors), 'failure')}, the first in {first.step}: "
                f"{first.subject or first.message}",
                command="promptops doctor",
            )
        )
    broken = [row for row in report.regressions if row.verdict == "REGRESSED"]
    if broken:
        steps.append(
            NextStep(
                text="Worse on the new knowledge base: " + ", ".join(row.prompt for row in broken),
                command=f"promptops regress {broken[0].prompt}",
            )
        )
    if report.proposals:
        wait = "waits" if len(report.proposals) == 1 else "wait"
        steps.append(
            NextStep(
                text=f"{counted(len(report.proposals), 'proposal')} {wait} for your decision",
                command=f"promptops proposals show {report.proposals[0].id}",
            )
        )
    steps += _lint(report)
    if report.duplicates:
        steps.append(
            NextStep(
                text=f"{counted(len(report.duplicates), 'pair')} of prompts say the same",
                command="promptops duplicates",
            )
        )
    moved = [row for row in report.routing if row.before and row.after != row.before]
    if moved:
        steps.append(
            NextStep(
                text=f"Routing now prefers another target for {counted(len(moved), 'prompt')}",
                command=f"promptops route explain {moved[0].prompt}",
            )
        )
    steps += [
        NextStep(text=_LINKS.get(name, name), command=target, url=_safe_url(target))
        for name, target in report.links.items()
        if name != "note"
    ]
    if report.report_path and "report" not in {name.lower() for name in report.links}:
        steps.append(NextStep(text="Report", command=str(report.report_path)))
    if report.dry_run:
        text = "Nothing was measured: this was a dry run"
        steps.append(NextStep(text=text, command="promptops run nightly"))
    return tuple(steps) or (NextStep(text="Nothing asks for attention", command="promptops show"),)


def _lint(report: NightReport) -> list[NextStep]:
    """The lint errors, or the warnings where there is no error."""
    worst = max(report.prompts, key=lambda row: (row.errors, row.warnings), default=None)
    if worst is None or not worst.errors + worst.warnings:
        return []
    errors = sum(row.errors for row in report.prompts)
    total = errors or sum(row.warnings for row in report.prompts)
    most = ", most of them" if total > (worst.errors or worst.warnings) else ""
    text = f"{counted(total, 'lint error' if errors else 'lint warning')}{most} in {worst.id}"
    return [NextStep(text=text, command=f"promptops lint {worst.id}")]


def _safe_url(target: str) -> str:
    # Only pages become links: a link that runs something has no place in a report.
    return target if target.startswith(("http://", "https://")) else ""
