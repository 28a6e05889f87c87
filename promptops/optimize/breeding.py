"""Merges: the instructions of one good candidate with the examples of another."""

from collections.abc import Sequence

from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate
from promptops.optimize.wording import with_examples


def merge(
    ranked: Sequence[Candidate],
    *,
    train: Sequence[GoldenCase],
    kb_label: str | None,
    most: int = 2,
) -> tuple[Candidate, ...]:
    """Cross the best candidates that show examples with the best that changed the instructions.

    Args:
        ranked: Candidates, best first.
        train: The cases that examples come from.
        kb_label: Decides what is expected.
        most: Merges to make at most.
    """
    cases = {case.id: case for case in train}
    showing = [each for each in ranked if each.examples]
    telling = [each for each in ranked if not each.examples]
    pairs = sorted(
        ((a, b) for a in range(len(telling)) for b in range(len(showing))),
        key=lambda pair: (sum(pair), pair),
    )
    found = []
    for a, b in pairs[:most]:
        teller, shower = telling[a], showing[b]
        chosen = [cases[name] for name in shower.examples]
        try:
            prompt = with_examples(teller.prompt, chosen, kb_label=kb_label)
        except ValueError:
            continue
        found.append(
            Candidate(
                prompt=prompt,
                proposer=f"{teller.proposer}+{shower.proposer}",
                reason=f"{teller.reason}; {shower.reason}",
                parents=(teller.digest, shower.digest),
                examples=shower.examples,
                learned_from=(*teller.learned_from, *shower.learned_from),
            )
        )
    return tuple(found)
