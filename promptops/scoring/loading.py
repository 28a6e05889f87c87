"""The table of scorers by name, and making them."""

import inspect
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast, get_args

from promptops.core.backends import load_backend
from promptops.core.canonical import JSON, digest
from promptops.errors import UsageError
from promptops.scoring.scorer import Score, Scorer

_HERE = "promptops.scoring.scorers"
_RAGAS = "promptops.scoring.ragas_metrics"

SCORERS: Mapping[str, str] = {
    "exact_match": f"{_HERE}.exact_match:ExactMatch",
    "normalized_match": f"{_HERE}.normalized_match:NormalizedMatch",
    "contains": f"{_HERE}.contains:Contains",
    "regex": f"{_HERE}.regex:Regex",
    "label_match": f"{_HERE}.label_match:LabelMatch",
    "json_fields": f"{_HERE}.json_fields:JsonFields",
    "json_valid": f"{_HERE}.json_valid:JsonValid",
    "json_schema": f"{_HERE}.json_schema:JsonSchema",
    "numeric": f"{_HERE}.numeric:Numeric",
    "token_f1": f"{_HERE}.token_f1:TokenF1",
    "levenshtein": f"{_HERE}.levenshtein:Levenshtein",
    "semantic_similarity": f"{_HERE}.semantic_similarity:SemanticSimilarity",
    "citation_support": f"{_HERE}.citation_support:CitationSupport",
    "refusal": f"{_HERE}.refusal:Refusal",
    "length": f"{_HERE}.length:Length",
    "latency": f"{_HERE}.latency:Latency",
    "cost": f"{_HERE}.cost:Cost",
    "assertions": f"{_HERE}.assertions:Assertions",
    "llm_judge": f"{_HERE}.llm_judge:LLMJudge",
    "pairwise_judge": f"{_HERE}.pairwise_judge:PairwiseJudge",
    "ragas.exact_match": f"{_RAGAS}:exact_match",
    "ragas.string_presence": f"{_RAGAS}:string_presence",
    "ragas.string_similarity": f"{_RAGAS}:string_similarity",
    "ragas.rouge": f"{_RAGAS}:rouge",
    "ragas.bleu": f"{_RAGAS}:bleu",
    "ragas.chrf": f"{_RAGAS}:chrf",
    "ragas.faithfulness": "promptops.scoring.ragas_judged:Faithfulness",
    "ragas.answer_relevancy": "promptops.scoring.ragas_judged:AnswerRelevancy",
    "ragas.context_precision": "promptops.scoring.ragas_judged:ContextPrecision",
}
"""Our scorers: name -> what makes it. Installed packages add theirs under the entry point group
``promptops.scorer``."""

_WHERE_TO_GET = {
    "judge": "set llm.judge to the id of the model that judges",
    "chat": "it is there when a workspace is open",
    "embedder": "it is there when a workspace is open",
}


_KINDS: Mapping[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    type(None): "nothing",
}


class MetricSpec(Protocol):
    """How a metric is scored; a `promptops.prompts.model.MetricBar` is one."""

    @property
    def scorer(self) -> str | None:
        """The scorer; None for the one that is called like the metric."""
        ...

    @property
    def with_(self) -> Mapping[str, JSON] | None:
        """Its options."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Metric:
    """A scorer under the name of a metric, with its options in the version."""

    name: str
    version: str
    inner: Scorer

    def score(self, **given: Any) -> Score | Awaitable[Score]:
        return self.inner.score(**given)


def load_scorer(
    name: str,
    *,
    scorer: str | None = None,
    options: Mapping[str, JSON] | None = None,
    **dependencies: Any,
) -> Scorer:
    """Make the scorer of a metric.

    Args:
        name: The metric.
        scorer: A name of `SCORERS` or of an installed entry point; None for ``name``.
        options: What the scorer is made with, by its constructor's names; part of its version.
        dependencies: What scorers may ask for (``embedder``, ``chat``, ``judge``, …); those that
            a scorer does not ask for are ignored.

    Raises:
        UnknownBackendError: No scorer has that name.
        UsageError: The scorer needs something that was not given, or refuses its options.
    """
    called = scorer or name
    factory = load_backend("scorer", called, SCORERS)
    needs: tuple[str, ...] = getattr(factory, "needs", ())
    uses: tuple[str, ...] = getattr(factory, "uses", ())
    for need in needs:
        if dependencies.get(need) in (None, ""):
            raise UsageError(
                f'scorer "{called}" needs {need}, which is not there',
                where=name,
                hint=_WHERE_TO_GET.get(need, ""),
            )
    given = {each: dependencies[each] for each in (*needs, *uses) if dependencies.get(each)}
    wanted = dict(options or {})
    _check_options(called, factory, wanted, given, where=name)
    try:
        made = cast("Scorer", factory(**given, **wanted))
    except (TypeError, ValueError) as problem:
        raise UsageError(f'scorer "{called}": {problem}', where=name) from problem
    if called == name and not wanted:
        return made
    version = f"{called}@{made.version}"
    if wanted:
        version += f"+{digest(wanted)[7:23]}"
    return _Metric(name=name, version=version, inner=made)


def load_scorers(
    specs: Mapping[str, MetricSpec] | Iterable[str | tuple[str, MetricSpec]], **dependencies: Any
) -> tuple[Scorer, ...]:
    """Make the scorers of several metrics, each once, in the order given; see `load_scorer`.

    Args:
        specs: Names of metrics, alone or with how they are scored.
        dependencies: See `load_scorer`.

    Raises:
        UnknownBackendError: See `load_scorer`.
        UsageError: See `load_scorer`.
    """
    entries = specs.items() if isinstance(specs, Mapping) else specs
    found: dict[str, Scorer] = {}
    for entry in entries:
        name, spec = (entry, None) if isinstance(entry, str) else entry
        if name not in found:
            scorer, options = (None, None) if spec is None else (spec.scorer, spec.with_)
            found[name] = load_scorer(name, scorer=scorer, options=options, **dependencies)
    return tuple(found.values())


def needs_of(name: str, spec: MetricSpec) -> tuple[str, ...]:
    """What the scorer of a metric must be given beside its options.

    Raises:
        UnknownBackendError: No scorer has its name.
    """
    factory = load_backend("scorer", spec.scorer or name, SCORERS)
    needs: tuple[str, ...] = getattr(factory, "needs", ())
    return needs


def check_metric(name: str, spec: MetricSpec) -> None:
    """Whether a metric can be scored, as far as can be told without what its scorer needs.

    Raises:
        UnknownBackendError: No scorer has its name.
        UsageError: The scorer refuses its options.
    """
    called = spec.scorer or name
    factory = load_backend("scorer", called, SCORERS)
    if not getattr(factory, "needs", ()):
        load_scorer(name, scorer=spec.scorer, options=spec.with_)
    else:
        _check_options(called, factory, spec.with_ or {}, {}, where=name)


def _check_options(
    called: str,
    factory: Any,
    options: Mapping[str, JSON],
    given: Mapping[str, Any],
    *,
    where: str,
) -> None:
    """Say which options there are, before Python says that an argument was not expected."""
    try:
        parameters = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    known = [name for name in parameters if name not in given]
    needed = {*getattr(factory, "needs", ()), *getattr(factory, "uses", ())}
    known = [name for name in known if name not in needed]
    for name in options:
        if name not in known:
            raise UsageError(
                f'scorer "{called}" has no option "{name}"',
                where=where,
                hint=f"options: {', '.join(known) or 'none'}",
            )
        if wanted := _misfit(parameters[name].annotation, options[name]):
            raise UsageError(
                f'option "{name}" of scorer "{called}" is {wanted}, not {options[name]!r}',
                where=where,
            )
    for name in known:
        if name not in options and parameters[name].default is inspect.Parameter.empty:
            raise UsageError(f'scorer "{called}" needs the option "{name}"', where=where)


def _misfit(annotation: Any, value: JSON) -> str:
    """What an option must be, in words, when a value is something else; empty when it may be it.

    Looked at are options of the plain types; what has another type is its scorer's own matter.
    """
    kinds = get_args(annotation) or (annotation,)
    if not all(kind in _KINDS for kind in kinds):
        return ""
    accepted = (*kinds, int) if float in kinds else kinds
    if type(value) in accepted:
        return ""
    return " or ".join(_KINDS[kind] for kind in kinds if kind is not type(None))
