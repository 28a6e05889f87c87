"""The flags of ``promptops lint``, and which go together."""

from dataclasses import dataclass
from pathlib import Path

from promptops.errors import UsageError

_PLAIN = ("text", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFlags:
    """What the command line said; the names are those of the options."""

    targets: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    column: str | None
    input_format: str | None
    stdin: bool
    stdin_filename: str | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    since: str | None
    baseline: Path | None
    write_baseline: Path | None
    prune_baseline: bool
    watch: bool
    no_cache: bool
    llm: bool
    llm_model: str | None
    llm_calls: int | None
    llm_checks: tuple[str, ...]
    llm_force: bool
    measure: str | None
    statistics: bool
    exit_zero: bool
    html: Path | None
    output: Path | None
    rules: bool
    accuracy: bool
    explain: str | None
    formats: bool
    write_reference: Path | None
    metrics: Path | None
    plot: Path | None
    format_: str

    @property
    def listing(self) -> bool:
        """Whether something is to be shown instead of linting."""
        return self.rules or self.formats or bool(self.explain or self.write_reference)

    @property
    def selected(self) -> list[str]:
        """The codes of every ``--select``; commas separate several."""
        return _words(self.select)

    @property
    def ignored(self) -> list[str]:
        """The codes of every ``--ignore``."""
        return _words(self.ignore)

    @property
    def judged(self) -> list[str]:
        """The checks of every ``--llm-checks``."""
        return _words(self.llm_checks)

    def check(self) -> None:
        """Refuse flags that say nothing together.

        Raises:
            UsageError: Two flags that exclude each other, or one that lacks another.
        """
        for empty, flag in (
            (self.select and not self.selected, "--select"),
            (self.ignore and not self.ignored, "--ignore"),
            (self.since is not None and not self.since.strip(), "--since"),
            ("" in self.targets, "a path"),
        ):
            if empty:
                raise UsageError(f"{flag} is empty", hint="a variable may not be set")
        fixing = self.fix or self.diff
        for both, one, other in (
            (self.stdin and bool(self.targets), "--stdin", "files"),
            (self.since and self.stdin, "--since", "--stdin"),
            (self.since and self.write_baseline, "--since", "--write-baseline"),
            (self.baseline and self.write_baseline, "--baseline", "--write-baseline"),
            (fixing and self.since, "--fix and --diff", "--since"),
            (fixing and self.watch, "--fix and --diff", "--watch"),
            (fixing and self.llm, "--fix and --diff", "--llm"),
            (self.watch and (self.stdin or self.since), "--watch", "--stdin and --since"),
            (self.output and self.statistics, "--output", "--statistics"),
            (self.output and self.write_baseline, "--output", "--write-baseline"),
        ):
            if both:
                raise UsageError(f"{one} cannot be used with {other}")
        for given, flag, needed in (
            (self.unsafe_fixes and not fixing, "--unsafe-fixes", "--fix or --diff"),
            (self.prune_baseline and not self.baseline, "--prune-baseline", "--baseline"),
            (self.accuracy and not self.rules, "--accuracy", "--rules"),
            (self.stdin_filename and not self.stdin, "--stdin-filename", "--stdin"),
            ((self.llm_model or self.llm_calls) and not self.llm and not self.measure,
             "--llm-model or --llm-calls", "--llm"),
            ((self.llm_checks or self.llm_force) and not self.llm,
             "--llm-checks or --llm-force", "--llm"),
        ):  # fmt: skip
            if given:
                raise UsageError(f"{flag} needs {needed}")
        self._check_format()

    def _check_format(self) -> None:
        """Refuse a format that what is asked for does not have: it would be left unheard."""
        data = "--rules --select RULE --format json has a rule as data"
        for asked, flag, formats, hint in (
            (self.diff, "--diff", ("text",), "without --diff a report has the edits of each fix"),
            (self.fix and self.stdin, "--fix of --stdin", ("text",), "it prints the fixed text"),
            (self.explain, "--explain", ("text",), data),
            (self.rules, "--rules", _PLAIN, ""),
            (self.formats, "--formats", _PLAIN, ""),
            (self.statistics, "--statistics", _PLAIN, ""),
            (self.measure, "--measure", _PLAIN, ""),
        ):
            if asked and self.format_ not in formats:
                raise UsageError(f"{flag} cannot be used with --format {self.format_}", hint=hint)


def _words(texts: tuple[str, ...]) -> list[str]:
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]
