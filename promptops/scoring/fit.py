"""Whether golden cases can be scored, as far as can be told before there is an answer."""

from collections.abc import Iterable, Iterator, Mapping

from promptops.errors import PromptOpsError
from promptops.golden.case import GoldenCase
from promptops.golden.fit import Misfit
from promptops.prompts.model import Prompt
from promptops.scoring.loading import MetricSpec, load_scorer, needs_of
from promptops.scoring.scorer import fault


def unscorable(
    prompt: Prompt, metrics: Mapping[str, MetricSpec], cases: Iterable[GoldenCase]
) -> Iterator[Misfit]:
    """The cases that a metric's scorer can score under no knowledge base.

    Metrics whose scorers need a model are passed over, as are those that cannot be made: see
    `promptops.scoring.check_metric`.
    """
    golden = tuple(cases)
    for name, spec in metrics.items():
        try:
            if needs_of(name, spec):
                continue
            scorer = load_scorer(name, scorer=spec.scorer, options=spec.with_)
        except PromptOpsError:
            continue
        for case in golden:
            values = [case.expected] if case.is_labeled(None) else [*case.answers.values()]
            faults = [fault(scorer, case=case, expected=v, prompt=prompt) for v in values]
            if all(faults):
                message = f"{name} cannot score it: {faults[0]}"
                yield Misfit(line=case.line, case_id=case.id, message=message)
