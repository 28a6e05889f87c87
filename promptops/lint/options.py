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

custom = ["house-rules.yaml"]          # the workspace's own rules (`promptops.lint.custom`)
plugins = ["acme"]                     # rules of installed packages
include = ["prompts/**/*.md"]          # files to read besides those whose format is known
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promptops.core.canonical import JSON
from promptops.core.files import read_text
from promptops.core.globs import matches
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError
from promptops.lint.custom import PatternSpec, catalog, load_pattern_rules
from promptops.lint.finding import Severity
from promptops.lint.rule import Rule, group_of, rule_identity
from promptops.lint.rules import RULES
from promptops.models.dialects import Dialect

Option = int | float | str


class _LintFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    severity: dict[str, Severity] = {}
    per_path: dict[str, tuple[str, ...]] = Field(default={}, alias="per-path")
    options: dict[str, dict[str, Option]] = {}
    custom: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """Which rules run, how severe they are, and how paths are shown.

    Codes are resolved: ``select`` and ``ignore`` hold rule codes only; ``select`` None means every
    rule. ``root`` makes reported paths relative, so that output does not depend on where the
    workspace lies. ``today`` is the day by which suppressions and model facts expire; None: never.
    ``compiled`` is where the compiled patterns are kept (see `Prefilter`). ``dialects`` is what the
    families of models take, by family; None: what the library knows of them.
    """

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    fail_on: Severity = Severity.WARNING
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_path: tuple[tuple[str, frozenset[str]], ...] = ()
    options: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    root: Path | None = None
    today: date | None = None
    custom: tuple[PatternSpec, ...] = ()
    plugins: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    compiled: Path | None = None
    dialects: Mapping[str, Dialect] | None = None

    @property
    def catalog(self) -> Mapping[str, type[Rule]]:
        """Every rule there is by its code: built in, of the workspace, of plugins."""
        return _catalog(self.custom, self.plugins)

    @property
    def selected(self) -> frozenset[str]:
        """The codes of the rules that run somewhere."""
        chosen = frozenset(self.catalog) if self.select is None else self.select
        return chosen - self.ignore

    def rules(self, shown_path: str = "") -> tuple[type[Rule], ...]:
        """The rules that run for a path, in the order of their codes."""
        ignored = [codes for glob, codes in self.per_path if matches(shown_path, glob)]
        return _rules(self.selected.difference(*ignored), self.custom, self.plugins)

    def shown(self, path: Path) -> str:
        """``path`` as findings name it: relative to the root when it lies below."""
        name = path.as_posix()
        if self.root is None or not path.is_absolute():
            return name
        root = self.root.as_posix()
        if name == root:
            return "."
        return name.removeprefix(root if root.endswith("/") else f"{root}/")

    def narrowed(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), where: str = "--select"
    ) -> "LintOptions":
        """These options under the flags of a command line: ``select`` replaces, ``ignore`` adds.

        Raises:
            SettingsError: A code, group or name that no rule has.
        """
        known = self.catalog
        chosen = resolve_codes(select, where=where, known=known) or self.select
        ignored = self.ignore | resolve_codes(ignore, where=where, known=known)
        return replace(self, select=chosen, ignore=ignored)

    def on(self, today: date | None) -> "LintOptions":
        """These options as of a day; None leaves them as they are."""
        return self if today is None else replace(self, today=today)

    def identity(self) -> JSON:
        """What the verdicts depend on: rules with versions, and every setting. For cache keys."""
        return {
            "rules": [rule_identity(self.catalog[code]) for code in sorted(self.selected)],
            "custom": [spec.model_dump(mode="json") for spec in self.custom],
            "today": self.today.isoformat() if self.today else None,
            "severity": {code: str(level) for code, level in sorted(self.severity.items())},
            "per_path": [[glob, sorted(codes)] for glob, codes in self.per_path],
            "options": {code: dict(values) for code, values in sorted(self.options.items())},
            "dialects": [each.model_dump(mode="json") for each in (self.dialects or {}).values()],
        }


def load_options(path: Path | None, *, root: Path | None = None) -> LintOptions:
    """Read ``lint.toml``; the defaults when ``path`` is None or there is no such file.

    Raises:
        SettingsError: Broken TOML, an unknown key, or a code that no rule has.
    """
    if path is None or not path.exists():
        return LintOptions(root=root)
    where = str(path)
    file = _read(path, where)
    if not file.select:
        raise SettingsError(
            "select: no rule is selected, so nothing would be checked",
            where=where,
            hint='write ["ALL"], or leave it out',
        )
    custom = tuple(spec for name in file.custom for spec in load_pattern_rules(path.parent / name))
    known = _catalog(custom, file.plugins)
    codes = partial(resolve_codes, where=where, known=known)
    return LintOptions(
        select=None if file.select == ("ALL",) else codes(file.select),
        ignore=codes(file.ignore),
        fail_on=file.fail_on,
        severity={
            code: level
            for name, level in file.severity.items()
            for code in resolve_codes([name], where=f"{where}: severity", known=known)
        },
        per_path=tuple((glob, codes(names)) for glob, names in file.per_path.items()),
        options=_rule_options(file.options, where, known),
        root=root,
        custom=custom,
        plugins=file.plugins,
        include=file.include,
    )


def _read(path: Path, where: str) -> _LintFile:
    try:
        return _LintFile.model_validate(tomllib.loads(read_text(path, SettingsError)))
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"not valid TOML: {problem}", where=where) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            keys = [field.alias or name for name, field in _LintFile.model_fields.items()]
            hint = did_you_mean(key, keys) or f"known: {', '.join(keys)}"
            raise SettingsError(f"{key}: there is no such key", where=where, hint=hint) from problem
        raise SettingsError(f"{key}: {first['msg']}", where=where) from problem


def resolve_codes(
    names: Iterable[str], *, where: str, known: Mapping[str, type[Rule]] = RULES
) -> frozenset[str]:
    """Rule codes for codes, groups (``SEC``), rule names and ``ALL``, among the ``known`` rules.

    Raises:
        SettingsError: A word that is none of these.
    """
    codes: set[str] = set()
    by_name = {rule.name: code for code, rule in known.items()}
    for name in names:
        found = (
            set(known)
            if name == "ALL"
            else {by_name[name]}
            if name in by_name
            else {code for code in known if code == name or group_of(code) == name}
        )
        if not found:
            words = [*known, *by_name, *sorted({group_of(code) for code in known}), "ALL"]
            raise SettingsError(
                f'no lint rule is called "{name}"',
                where=where,
                hint=did_you_mean(name, words) or "`promptops lint --rules` lists them",
            )
        codes |= found
    return frozenset(codes)


def _rule_options(
    tables: Mapping[str, Mapping[str, Option]], where: str, known: Mapping[str, type[Rule]]
) -> dict[str, dict[str, Option]]:
    resolved: dict[str, dict[str, Option]] = {}
    for name, values in tables.items():
        for code in resolve_codes([name], where=where, known=known):
            defaults = known[code].defaults
            for key, value in values.items():
                place = f"{where}: options.{name}.{key}"
                if key not in defaults:
                    raise SettingsError(
                        f"{code} has no such option",
                        where=place,
                        hint=did_you_mean(key, defaults) or f"known: {', '.join(defaults)}",
                    )
                wrong_kind = isinstance(value, str) is not isinstance(defaults[key], str)
                if wrong_kind or (not isinstance(value, str) and value < 0):
                    raise SettingsError(
                        f"expected a value like {defaults[key]!r}, got {value!r}", where=place
                    )
            resolved[code] = {**resolved.get(code, {}), **values}
    return resolved


@cache
def _catalog(custom: tuple[PatternSpec, ...], plugins: tuple[str, ...]) -> dict[str, type[Rule]]:
    return catalog(RULES, custom, plugins)


@lru_cache(maxsize=64)
def _rules(
    codes: frozenset[str], custom: tuple[PatternSpec, ...], plugins: tuple[str, ...]
) -> tuple[type[Rule], ...]:
    known = _catalog(custom, plugins)
    return tuple(known[code] for code in sorted(codes))
