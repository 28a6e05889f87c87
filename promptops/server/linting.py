"""The linting service: prompts in, one report out; nothing is kept."""

from datetime import date
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from promptops.core.clock import Clock
from promptops.lint.engine import Linter
from promptops.lint.options import LintOptions
from promptops.lint.paths import check_read
from promptops.lint.rule import Rule
from promptops.lint.runner import report_of
from promptops.lint.sources import detect, parse_source
from promptops.server.bodies import JsonRoute

_MOST_PROMPTS = 1000


class PromptText(BaseModel):
    """One prompt to lint: its text, and how to read it."""

    model_config = ConfigDict(extra="forbid")

    text: str
    path: str = Field("prompt.txt", max_length=500, description="The name that findings carry.")
    column: str | None = Field(None, description="The column with the prompts, for tables.")
    format: str | None = Field(
        None, description="A format of `promptops lint --formats`; else the path's name says it."
    )


class LintRequest(BaseModel):
    """What to lint, and by which rules."""

    model_config = ConfigDict(extra="forbid")

    prompts: list[PromptText] = Field(min_length=1, max_length=_MOST_PROMPTS)
    select: list[str] = Field([], description="Only these rules or groups.")
    ignore: list[str] = Field([], description="Not these rules or groups.")
    today: date | None = Field(
        None, description="The day by which suppressions expire; else today."
    )


def lint_router(options: LintOptions, clock: Clock) -> APIRouter:
    """The routes of the linting service over some settings; ``clock`` says what day it is."""
    router = APIRouter(prefix="/v1/lint", tags=["lint"], route_class=JsonRoute)

    @router.post("")
    def lint(request: LintRequest) -> dict[str, Any]:
        """Lint prompts; the answer is the document that ``promptops lint --format json`` prints."""
        return lint_texts(request, options.on(clock().date()))

    @router.get("/rules")
    def rules() -> list[dict[str, Any]]:
        """Every rule, with what it finds and why."""
        return [_described(rule) for rule in options.catalog.values()]

    return router


def lint_texts(request: LintRequest, options: LintOptions) -> dict[str, Any]:
    """Lint the prompts of a request.

    Raises:
        SettingsError: A code that no rule has.
        UsageError: A format that is not known.
    """
    chosen = options.narrowed(select=request.select, where="select")
    chosen = chosen.narrowed(ignore=request.ignore, where="ignore").on(request.today)
    linter = Linter(chosen)
    outcomes = [
        check_read(
            linter,
            parse_source(
                item.text,
                shown=item.path,
                format_=item.format or detect(Path(item.path)) or "text",
                column=item.column,
            ),
        )
        for item in request.prompts
    ]
    report: dict[str, Any] = report_of(outcomes, chosen).to_json()
    return report


def _described(rule: type[Rule]) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "rationale": rule.rationale,
        "advice": rule.advice,
        "source": rule.source,
        "tags": list(rule.tags),
    }
