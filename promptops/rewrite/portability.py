"""What of a prompt does not travel: the prompt as it would be sent to each model or family.

What stands in the way is found by the linter's MOD rules, with the target in the place of the one
that the prompt declares, and by the claims that the rewrite would act on. ``hard`` is what the API
or the chat template refuses or ignores; ``soft`` only tends to work worse, and never has to change.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.lint import Linter, LintOptions, Severity, parse_file
from promptops.models.dialects import Dialect
from promptops.models.names import ModelName
from promptops.prompts.digests import is_outdated
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import ModelNeeds, Prompt
from promptops.prompts.resolve import resolve
from promptops.prompts.selection import choose_variant
from promptops.prompts.writing import dump_prompt
from promptops.rewrite.derive import derive
from promptops.rewrite.planner import plan
from promptops.rewrite.rewriter import Rewrite, rewrite

Kind = Literal["hard", "soft"]

_DECLARED = ("model", "family")
_STEP_OF: Mapping[str, str] = {
    "MOD003": "soften-shouting",
    "MOD009": "name-json",
    "MOD010": "drop-identity",
}
"""The step that mends what a rule finds, where the two say it in words of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One thing that does not travel.

    Attributes:
        kind: ``hard`` when the request is refused or a part of it ignored, else ``soft``.
        code: The lint rule, or the step of the rewrite that would mend it.
        text: What is wrong.
        source: Who says so; for a lint rule its code says where to read.
    """

    kind: Kind
    code: str
    text: str
    source: str = ""

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {"kind": self.kind, "code": self.code, "text": self.text, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A prompt on its way to one target.

    Attributes:
        target: The model, or the family.
        variant: Id of the variant that the target gets; None for the prompt's own wording.
        stale: Whether the prompt's own wording has changed since that variant was derived.
        obstacles: What stands in the way of that wording, hard ones first.
        rewrite: What a rewrite of the base wording would do.
    """

    target: ModelName
    variant: str | None
    stale: bool
    obstacles: tuple[Obstacle, ...]
    rewrite: Rewrite

    @property
    def hard(self) -> tuple[Obstacle, ...]:
        """What the target refuses or ignores."""
        return tuple(each for each in self.obstacles if each.kind == "hard")

    @property
    def soft(self) -> tuple[Obstacle, ...]:
        """What tends to work worse."""
        return tuple(each for each in self.obstacles if each.kind == "soft")


def portability(
    prompt: Prompt,
    targets: Collection[ModelName],
    dialects: Mapping[str, Dialect],
    *,
    carded: Collection[str] = (),
) -> tuple[Passage, ...]:
    """One prompt against many targets, in their order.

    Args:
        prompt: The prompt with its variants.
        targets: Models or families, each of a family in ``dialects``.
        dialects: Dialects by family.
        carded: Names of the models, without their providers, that have a card in a workspace.
    """
    known = {"MOD015": {"known": ",".join(carded)}}
    options = LintOptions(dialects=dialects, options=known)
    linter = Linter(options.narrowed(select=("MOD",), ignore=("MOD016",)))
    return tuple(_passage(prompt, target, dialects[target.family], linter) for target in targets)


def _passage(prompt: Prompt, target: ModelName, dialect: Dialect, linter: Linter) -> Passage:
    chosen = choose_variant(prompt, model=target.name, family=target.family, size_b=target.size_b)
    sent = resolve(prompt, chosen.id if chosen else None)
    result = rewrite(prompt, target, dialect)
    found = _each_once(
        list(_asked_by_claims(sent, target, dialect)), _refused_by_rules(sent, target, linter)
    )
    ordered = sorted(dict.fromkeys(found), key=lambda each: (each.kind, each.code, each.text))
    return Passage(
        target=target,
        variant=chosen.id if chosen else None,
        stale=chosen is not None and is_outdated(prompt, chosen),
        obstacles=tuple(ordered),
        rewrite=result,
    )


def _each_once(asked: list[Obstacle], refused: Iterator[Obstacle]) -> Iterator[Obstacle]:
    """What steps and what rules say, without what both say: then the harder one, else the step.

    A step stands for one finding of its rule.
    """
    said = [each.text.partition(": ")[2].rstrip(".") for each in asked]
    steps = {each.code: each for each in asked}
    for each in refused:
        twin = steps.pop(_STEP_OF.get(each.code, ""), None)
        if twin is not None and (twin.kind, each.kind) == ("soft", "hard"):
            asked.remove(twin)
        elif twin is not None or any(text and text in each.text for text in said):
            continue
        yield each
    yield from asked


def _refused_by_rules(sent: Prompt, target: ModelName, linter: Linter) -> Iterator[Obstacle]:
    """What the linter's rules about models say when the prompt is meant for the target."""
    needs = sent.model or ModelNeeds()
    kept = {name: value for name, value in needs.requires.items() if name not in _DECLARED}
    declared = {"model": target.name} if target.name else {"family": target.family}
    meant = sent.model_copy(
        update={"model": needs.model_copy(update={"requires": {**kept, **declared}})}
    )
    file = parse_prompt(dump_prompt(meant), f"{sent.id}.prompt.yaml")
    checked = linter.check(parse_file(file, shown_path=sent.id))
    for finding in checked.findings:
        kind: Kind = "hard" if finding.severity is Severity.ERROR else "soft"
        yield Obstacle(kind=kind, code=finding.code, text=finding.message)
    for skipped in checked.skipped:
        yield Obstacle(kind="soft", code="not-checked", text=skipped.reason)


def _asked_by_claims(sent: Prompt, target: ModelName, dialect: Dialect) -> Iterator[Obstacle]:
    """What the steps would still change in the wording as it is sent, and what they cannot."""
    fitting = dialect.for_model(target)
    result = derive(sent, target, fitting)
    for change in result.changes:
        yield Obstacle(kind=change.kind, code=change.step, text=change.reason, source=change.source)
    if result.refused:
        needed = any(item.kind == "hard" for item in plan(fitting))
        kind: Kind = "hard" if needed else "soft"
        yield Obstacle(kind=kind, code="rewrite", text=f"a rewrite is refused: {result.refused}")
    for skip in (each for each in result.skipped if each.source):
        yield Obstacle(kind=skip.kind, code=skip.step, text=skip.reason, source=skip.source)
