"""Rules that a workspace brings: patterns written as YAML, or classes of an installed package.

lint.toml:

    custom = ["house-rules.yaml"]      # next to lint.toml
    plugins = ["acme"]                 # entry points of the group "promptops.lint_rules"

house-rules.yaml:

    rules:
      - code: ACME001
        name: product-name
        severity: warning
        phrases: [acmecloud, acme-cloud]       # words or phrases; any case; whole words
        replace: Acme Cloud                    # optional: a safe fix
        message: 'write "Acme Cloud", not "{}"'
        advice: Use the product's name as the trademark list has it.
      - code: ACME002
        name: ticket-number
        pattern: 'incident [0-9]{6,}'          # RE2, over the lower-case text
        triggers: [incident]                   # lower-case words of which a match holds one
        message: a ticket number stands in the prompt
        advice: Pass it as a variable.
      - code: ACME003
        name: privacy-notice
        require: [privacy notice]              # found when none of these occurs
        message: the privacy notice is missing
        advice: 'Add: "See our privacy notice."'

Patterns run on RE2, whose time is linear in the text: no pattern of a workspace can hang the
linter. A package's rules are subclasses of `Rule`, named by an entry point that loads to one class
or to a sequence of classes; they run only when ``plugins`` names the entry point.

Source: Vale's styles (existence, substitution, occurrence) for the kinds; RE2 for the matching.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from promptops.core.files import read_text
from promptops.core.patterns import HINT, PatternError, compile_pattern, escape, readable
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

ENTRY_POINTS = "promptops.lint_rules"
_CODE = r"^[A-Z]{2,12}[0-9]{3}$"
_PLAIN = {
    "extra_forbidden": "no such key",
    "missing": "is missing",
    "tuple_type": "expected a list",
}
_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class PatternSpec(BaseModel):
    """One rule of a YAML file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=_CODE)
    name: str = Field(pattern=_NAME)
    message: str = Field(min_length=1)
    advice: str = Field(min_length=1)
    severity: Severity = Severity.WARNING
    phrases: tuple[str, ...] = ()
    pattern: str = ""
    triggers: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    replace: str | None = None
    regions: tuple[Region, ...] = (Region.INSTRUCTION,)
    tags: tuple[str, ...] = ()
    summary: str = ""
    rationale: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> "PatternSpec":
        kinds = [kind for kind in ("phrases", "pattern", "require") if getattr(self, kind)]
        if len(kinds) != 1:
            raise ValueError("give exactly one of phrases, pattern and require")
        if self.replace is not None and not self.phrases:
            raise ValueError("replace goes with phrases")
        if any(not word.strip() for word in (*self.phrases, *self.triggers, *self.require)):
            raise ValueError("a phrase is empty")
        if self.triggers and not self.pattern:
            raise ValueError("triggers go with pattern; phrases are their own")
        return self


class PatternRule(Rule):
    """A rule that a workspace states as data."""

    spec: PatternSpec

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield every match in the regions, or the one place where something is missing."""
        if self.spec.require:
            yield from self._missing(prompt)
            return
        expression = _expression(self.spec)
        for message in prompt.messages:
            for span in _spans(expression, message):
                if message.region(span[0]) in self.regions:
                    words = " ".join(message.text[span[0] : span[1]].split())
                    fix = None
                    if self.spec.replace is not None:
                        fix = (f'write "{self.spec.replace}"', self.spec.replace)
                    text = self.spec.message.replace("{}", words)
                    yield self.found(prompt, message, span, text, fix=fix)

    def _missing(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        instructing = [message for message in prompt.messages if not message.is_shot]
        wanted = [word.lower() for word in self.spec.require]
        if instructing and not any(word in prompt.haystack for word in wanted):
            yield self.found(prompt, instructing[0], (0, 0), self.spec.message)


def load_pattern_rules(path: Path) -> tuple[PatternSpec, ...]:
    """The rules of one YAML file.

    Raises:
        SettingsError: No such file, broken YAML, or a rule that is not well formed.
    """
    import yaml

    where = str(path)
    try:
        content = yaml.safe_load(read_text(path, SettingsError))
    except yaml.YAMLError as problem:
        raise SettingsError(f"not valid YAML: {problem}", where=where) from problem
    rows = content.get("rules") if isinstance(content, dict) else None
    if not isinstance(rows, list) or set(content) != {"rules"}:
        raise SettingsError("expected one key, `rules`, with a list", where=where)
    specs = []
    for number, row in enumerate(rows):
        place = f"{where}: rules[{number}]"
        try:
            spec = PatternSpec.model_validate(row)
        except ValidationError as problem:
            first = problem.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            said = _PLAIN.get(first["type"], first["msg"].removeprefix("Value error, "))
            raise SettingsError(f"{key}: {said}".lstrip(": "), where=place) from problem
        _compiles(spec, place)
        specs.append(spec)
    return tuple(specs)


@cache
def pattern_rule(spec: PatternSpec) -> type[Rule]:
    """The rule class of a spec; the same class for the same spec."""
    triggers = [word.lower() for word in (*spec.triggers, *spec.phrases)]
    return type(
        "".join(part.capitalize() for part in spec.name.split("-")),
        (PatternRule,),
        {
            "__doc__": f"{spec.message}.",
            "spec": spec,
            "code": spec.code,
            "name": spec.name,
            "severity": spec.severity,
            "regions": frozenset(spec.regions),
            "triggers": tuple(" ".join(word.split()) for word in triggers),
            "tags": spec.tags,
            "summary": spec.summary or spec.message,
            "rationale": spec.rationale,
            "source": spec.source,
            "advice": spec.advice,
        },
    )


@cache
def plugin_rules(name: str) -> tuple[type[Rule], ...]:
    """The rule classes of an installed package's entry point.

    Raises:
        SettingsError: No entry point of that name, or it does not load to rules.
    """
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in points:
        raise SettingsError(
            f'no installed package offers lint rules named "{name}"',
            where="lint.toml: plugins",
            hint=did_you_mean(name, points) or f'entry points of the group "{ENTRY_POINTS}"',
        )
    try:
        loaded = points[name].load()
    except Exception as problem:
        raise SettingsError(
            f'the lint rules "{name}" do not load: {problem!r}', where="lint.toml: plugins"
        ) from problem
    kinds = loaded if isinstance(loaded, Sequence) else (loaded,)
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Rule) and hasattr(kind, "code")):
            raise SettingsError(
                f'the lint rules "{name}" hold {kind!r}, which is not a Rule',
                where="lint.toml: plugins",
            )
    return tuple(kinds)


def catalog(
    built_in: Mapping[str, type[Rule]], specs: Sequence[PatternSpec], plugins: Sequence[str]
) -> dict[str, type[Rule]]:
    """Every rule by its code: built in, of the workspace, of plugins.

    Raises:
        SettingsError: A code or name that two rules claim.
    """
    rules = dict(built_in)
    brought = [pattern_rule(spec) for spec in specs]
    brought += [kind for name in plugins for kind in plugin_rules(name)]
    names = {rule.name: rule.code for rule in rules.values()}
    for rule in brought:
        if rule.code in rules or rule.name in names:
            taken = rule.code if rule.code in rules else rule.name
            raise SettingsError(
                f"{taken} is taken by another rule", where=f"lint.toml: custom: {rule.code}"
            )
        rules[rule.code] = rule
        names[rule.name] = rule.code
    return dict(sorted(rules.items()))


def _compiles(spec: PatternSpec, where: str) -> None:
    try:
        _expression(spec)
    except PatternError as problem:
        raise SettingsError(f"pattern: {problem}", where=where, hint=HINT) from problem


@cache
def _expression(spec: PatternSpec) -> Any:
    # The text is in lower case, and a pattern may not be.
    if spec.pattern:
        return compile_pattern(spec.pattern, ignore_case=True)
    phrases = sorted((phrase.lower() for phrase in spec.phrases), key=len, reverse=True)
    return compile_pattern("|".join(_as_words(phrase) for phrase in phrases), ignore_case=True)


def _as_words(phrase: str) -> str:
    """A phrase as whole words, over line ends too."""
    spaced = r"\s{1,3}".join(escape(word) for word in phrase.split())
    before = r"\b" if phrase.lstrip()[0].isalnum() else ""
    after = r"\b" if phrase.rstrip()[-1].isalnum() else ""
    return f"{before}{spaced}{after}"


def _spans(expression: Any, message: ParsedMessage) -> Iterator[tuple[int, int]]:
    """Where the expression matches the lower-case text, whole words only for phrases."""
    # RE2 counts bytes; a lone surrogate has none, and stands for nothing that can be named.
    for match in expression.finditer(readable(message.lower)):
        start, end = match.span()
        if start < end:
            yield start, end
