"""What to check and how strictly: ``lint.toml`` and the flags over it.

select = ["ALL"]                       # codes (SEC001), groups (SEC), names, or ALL
ignore = ["ECO002"]
fail_on = "warning"                    # the mildest severity that fails the run

[severity]
vague-quantifier = "info"

[per-path]
"prompt_registry/prompts/imported/**" = ["REG", "ECO"]         # ignored under these paths

[options.ECO003]
max_tokens = 4000
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError
from promptops.lint.finding import Severity
from promptops.lint.rule import Rule, rule_identity
from promptops.lint.rules import RULES

Option = int | float | str


class _LintFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    severity: dict[str, Severity] = {}
    per_path: dict[str, tuple[str, ...]] = Field(default={}, alias="per-path")
    options: dict[str, dict[str, Option]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """Which rules run, how severe they are, and how paths are shown.

    Codes are resolved: ``select`` and ``ignore`` hold rule codes only. ``root`` makes reported
    paths relative, so that output does not depend on where the workspace lies.
    """

    select: frozenset[str] = frozenset(RULES)
    ignore: frozenset[str] = frozenset()
    fail_on: Severity = Severity.WARNING
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_path: tuple[tuple[str, frozenset[str]], ...] = ()
    options: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    root: Path | None = None

    def rules(self, shown_path: str = "") -> tuple[type[Rule], ...]:
        """The rules that run for a path, in the order of their codes."""
        ignored = set(self.ignore)
        for glob, codes in self.per_path:
            if _glob(glob).match(shown_path):
                ignored |= codes
        return tuple(RULES[code] for code in sorted(self.select - ignored))

    def shown(self, path: Path) -> str:
        """``path`` as findings name it: relative to the root when it lies below."""
        if self.root is not None and path.is_absolute():
            try:
                return path.relative_to(self.root).as_posix()
            except ValueError:
                return path.as_posix()
        return path.as_posix()

    def narrowed(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), where: str = "--select"
    ) -> "LintOptions":
        """These options under the flags of a command line: ``select`` replaces, ``ignore`` adds.

        Raises:
            SettingsError: A code, group or name that no rule has.
        """
        chosen = resolve_codes(select, where=where) or self.select
        return replace(self, select=chosen, ignore=self.ignore | resolve_codes(ignore, where=where))

    def identity(self) -> JSON:
        """What the verdicts depend on: rules with versions, and every setting. For cache keys."""
        return {
            "rules": [rule_identity(RULES[code]) for code in sorted(self.select - self.ignore)],
            "severity": {code: str(level) for code, level in sorted(self.severity.items())},
            "per_path": [[glob, sorted(codes)] for glob, codes in self.per_path],
            "options": {code: dict(values) for code, values in sorted(self.options.items())},
        }


def load_options(path: Path | None, *, root: Path | None = None) -> LintOptions:
    """Read ``lint.toml``; the defaults when ``path`` is None or there is no such file.

    Raises:
        SettingsError: Broken TOML, an unknown key, or a code that no rule has.
    """
    if path is None or not path.exists():
        return LintOptions(root=root)
    where = str(path)
    try:
        file = _LintFile.model_validate(tomllib.loads(read_text(path, SettingsError)))
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"not valid TOML: {problem}", where=where) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{key}: {first['msg']}", where=where) from problem
    return LintOptions(
        select=resolve_codes(file.select, where=where),
        ignore=resolve_codes(file.ignore, where=where),
        fail_on=file.fail_on,
        severity={
            code: level
            for name, level in file.severity.items()
            for code in resolve_codes([name], where=where)
        },
        per_path=tuple(
            (glob, resolve_codes(codes, where=where)) for glob, codes in file.per_path.items()
        ),
        options=_rule_options(file.options, where),
        root=root,
    )


def resolve_codes(names: Iterable[str], *, where: str) -> frozenset[str]:
    """Rule codes for codes, groups (``SEC``), rule names and ``ALL``.

    Raises:
        SettingsError: A word that is none of these.
    """
    codes: set[str] = set()
    by_name = {rule.name: code for code, rule in RULES.items()}
    for name in names:
        found = (
            set(RULES)
            if name == "ALL"
            else {by_name[name]}
            if name in by_name
            else {code for code in RULES if code == name or code[:3] == name}
        )
        if not found:
            known = [*RULES, *by_name, *sorted({code[:3] for code in RULES}), "ALL"]
            raise SettingsError(
                f'no lint rule is called "{name}"',
                where=where,
                hint=did_you_mean(name, known) or "`promptops lint --rules` lists them",
            )
        codes |= found
    return frozenset(codes)


def _rule_options(
    tables: Mapping[str, Mapping[str, Option]], where: str
) -> dict[str, dict[str, Option]]:
    resolved: dict[str, dict[str, Option]] = {}
    for name, values in tables.items():
        for code in resolve_codes([name], where=where):
            defaults = RULES[code].defaults
            for key, value in values.items():
                place = f"{where}: options.{name}.{key}"
                if key not in defaults:
                    raise SettingsError(
                        f"{code} has no such option",
                        where=place,
                        hint=did_you_mean(key, defaults) or f"known: {', '.join(defaults)}",
                    )
                if isinstance(value, str) is not isinstance(defaults[key], str):
                    raise SettingsError(
                        f"expected a value like {defaults[key]!r}, got {value!r}", where=place
                    )
            resolved[code] = {**resolved.get(code, {}), **values}
    return resolved


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
