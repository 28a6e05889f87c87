"""What was measured of a prompt's wordings on the models that they are sent to."""

from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.evaluation.comparison import Comparison, compare
from promptops.evaluation.result import Evaluation
from promptops.evaluation.runner import EVIDENCE_KIND
from promptops.models.dialects import family_words
from promptops.models.names import read_model_name
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.rewrite.portability import Passage
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A variant against the prompt's own wording on one model, over the cases of both.

    Attributes:
        model: Model id.
        family: Its family.
        variant: Id of the variant.
        comparison: The paired comparison by the first metric of the prompt's eval.
    """

    model: str
    family: str
    variant: str
    comparison: Comparison

    def is_about(self, passage: Passage) -> bool:
        """Whether it was measured on the target, or a model of it, with the wording it gets."""
        name = read_model_name(self.model).name
        target = passage.target
        same = name == target.name if target.name else self.family == target.family
        return same and passage.variant == self.variant

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {"model": self.model, "variant": self.variant, **self.comparison.to_json()}

    def __str__(self) -> str:
        """One line for people."""
        found = self.comparison
        difference = found.difference
        return (
            f"{found.metric} {found.base:.2f} -> {found.new:.2f} on {self.model} "
            f"({difference.estimate:+.2f} [{difference.low:+.2f}, {difference.high:+.2f}], "
            f"{found.pairs} cases, {found.verdict})"
        )


def deltas(services: Services, file: PromptFile) -> tuple[Delta, ...]:
    """Every variant against the prompt's own wording where both were measured alike.

    Nothing is called: this is what `promptops evaluate` and `rewrite --measure` left behind.
    """
    prompt = file.prompt
    if not prompt.evals:
        return ()
    metric = next(iter(prompt.evals[0].metrics))
    base = _measured(services, variant_digest(prompt))
    found = []
    for variant in prompt.variants:
        for inputs, new in _measured(services, variant_digest(prompt, variant.id)).items():
            old = base.get(inputs)
            if old is None or not set(old.values(metric)) & set(new.values(metric)):
                continue
            model = new.target.model
            found.append(
                Delta(
                    model=model,
                    family=read_model_name(model, family_words(services.dialects)).family,
                    variant=variant.id,
                    comparison=compare(old, new, metric),
                )
            )
    return tuple(found)


def _measured(services: Services, subject: str) -> dict[tuple[tuple[str, str], ...], Evaluation]:
    """The newest evaluation of a wording by what it depended on."""
    facts = sorted(
        services.evidence.for_subject(subject, EVIDENCE_KIND), key=lambda each: each.measured_at
    )
    return {tuple(sorted(fact.inputs.items())): Evaluation.from_json(fact.value) for fact in facts}
