"""Children: wordings made of those that did best.

- the instructions of one with the examples of another;
- the examples of two together;
- the examples of the best and, behind them, cases that it got wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from promptops.evaluation.result import Evaluation
from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.search import Ranked
from promptops.optimize.wording import fit_examples, with_examples

_PARENTS = 3
_MISTAKES = 4


def breed(
    ranking: Sequence[Ranked],
    *,
    results: Evaluation,
    train: Sequence[GoldenCase],
    metric: str,
    kb_label: str | None,
) -> tuple[Candidate, ...]:
    """Make children of the best candidates, the most promising first.

    Args:
        ranking: What was measured, best first.
        results: How the best does.
        train: The cases that examples come from.
        metric: What counts.
        kb_label: Decides what is expected.
    """
    cases = {case.id: case for case in train}
    sound = [each.candidate for each in ranking if each.error is None]
    showing = [each for each in sound if each.examples][:_PARENTS]
    telling = [
        each.candidate
        for each in ranking
        if each.error is None and not each.candidate.examples and each.gain > 0
    ][:_PARENTS]
    made = [
        *_more_examples(showing, cases, kb_label),
        *_mistakes(showing[:1], results, cases, metric, kb_label),
        *_crossed(telling, showing, cases, kb_label),
    ]
    found: dict[str, Candidate] = {}
    for child in made:
        found.setdefault(child.digest, child)
    return tuple(found.values())


def descendant(child: Candidate, parent: Candidate) -> Candidate:
    """A candidate that was proposed for the wording of another."""
    return replace(
        child,
        reason=f"{parent.reason}; {child.reason}",
        parents=(parent.digest,),
        examples=tuple(dict.fromkeys((*parent.examples, *child.examples))),
        learned_from=tuple(dict.fromkeys((*parent.learned_from, *child.learned_from))),
    )


def _more_examples(
    showing: Sequence[Candidate], cases: dict[str, GoldenCase], kb_label: str | None
) -> Iterator[Candidate]:
    for best, other in combinations(showing, 2):
        # The better set comes last: a model minds most what it read last.
        names = (*(name for name in other.examples if name not in best.examples), *best.examples)
        yield from _with(
            best, names, cases, kb_label, parents=(best, other), reason="the examples of two sets"
        )


def _mistakes(
    best: Sequence[Candidate],
    results: Evaluation,
    cases: dict[str, GoldenCase],
    metric: str,
    kb_label: str | None,
) -> Iterator[Candidate]:
    wrong = [name for name, value in results.values(metric).items() if value < 1 and name in cases]
    for candidate in best:
        if added := wrong[:_MISTAKES]:
            reason = f"{len(added)} more that it got wrong"
            names = (*added, *candidate.examples)
            yield from _with(candidate, names, cases, kb_label, parents=best, reason=reason)


def _crossed(
    telling: Sequence[Candidate],
    showing: Sequence[Candidate],
    cases: dict[str, GoldenCase],
    kb_label: str | None,
) -> Iterator[Candidate]:
    places = ((a, b) for a in range(len(telling)) for b in range(len(showing)))
    for a, b in sorted(places, key=lambda pair: (sum(pair), pair)):
        teller, shower = telling[a], showing[b]
        for child in _with(
            teller, shower.examples, cases, kb_label, parents=(teller, shower), reason=""
        ):
            yield replace(
                child,
                proposer=f"{teller.proposer}+{shower.proposer}",
                reason=f"{teller.reason}; {shower.reason}",
                learned_from=tuple(dict.fromkeys((*teller.learned_from, *shower.learned_from))),
            )


def _with(
    candidate: Candidate,
    names: Sequence[str],
    cases: dict[str, GoldenCase],
    kb_label: str | None,
    *,
    parents: Sequence[Candidate],
    reason: str,
) -> Iterator[Candidate]:
    """The wording of a candidate with other examples, where that is another wording."""
    chosen = fit_examples([cases[name] for name in names if name in cases])
    try:
        prompt = with_examples(candidate.prompt, chosen, kb_label=kb_label)
    except ValueError:
        return
    shown = tuple(case.id for case in chosen)
    own = [name for name in candidate.learned_from if name not in candidate.examples]
    yield Candidate(
        prompt=prompt,
        proposer=candidate.proposer,
        reason=f"{candidate.reason}; {reason}",
        parents=tuple(each.digest for each in parents),
        examples=shown,
        learned_from=tuple(dict.fromkeys((*own, *shown))),
    )
