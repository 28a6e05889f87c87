"""Label descriptions: say what each label covers, in the words of the training cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from promptops.golden.case import GoldenCase
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.labels import closed_labels
from promptops.optimize.wording import with_instruction
from promptops.prompts.digests import variant_digest
from promptops.prompts.template import escape_literal
from promptops.scoring.reading import as_text, expected_text, words
from promptops.scoring.scorers.label_match import fold_label

_CASES_EACH = 2
_WORDS_EACH = 5
_COMMON_WORDS = """
about after all also am and any are as at be been but by can could did do does for from get
got had has have he her his how if in into is it its just like me more my need no not of on or
only our out over please she so some still than that their them then there they this to too up
us very was we were what when where which who why will with would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class LabelDescriptions:
    """Lists the labels, each with the words that set its training cases apart.

    Words are ranked by how many cases of the label have them less how many other cases do. Two
    cases a label are read, so that the others can tell whether the words hold.
    """

    name: ClassVar[str] = "label_descriptions"
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        labels = closed_labels(task)
        if not labels:
            return ()
        read = _first_of_each_label(task.train, task.kb_label)
        typical = _typical_words(read, labels, task.kb_label)
        if not all(typical.values()):
            return ()
        lines = [f"- {label}: {', '.join(typical[label])}" for label in labels]
        text = escape_literal("\n".join(["Labels:", *lines]))
        return (
            Candidate(
                prompt=with_instruction(task.prompt, text),
                proposer=self.name,
                reason=f"describe the {len(labels)} labels by words typical of their cases",
                parents=(variant_digest(task.prompt, None),),
                learned_from=tuple(case.id for case in read),
            ),
        )


def _first_of_each_label(train: Sequence[GoldenCase], kb_label: str | None) -> list[GoldenCase]:
    counts: Counter[str] = Counter()
    found = []
    for case in train:
        label = fold_label(expected_text(case.expected_for(kb_label)))
        if counts[label] < _CASES_EACH:
            counts[label] += 1
            found.append(case)
    return found


def _typical_words(
    train: Sequence[GoldenCase], labels: Sequence[str], kb_label: str | None
) -> Mapping[str, list[str]]:
    by_label: dict[str, Counter[str]] = {fold_label(label): Counter() for label in labels}
    everywhere: Counter[str] = Counter()
    for case in train:
        label = fold_label(expected_text(case.expected_for(kb_label)))
        text = " ".join(as_text(value) for value in case.inputs.values())
        seen = {word for word in words(text) if len(word) > 2 and word not in _COMMON}
        everywhere.update(seen)
        if label in by_label:
            by_label[label].update(seen)
    found: dict[str, list[str]] = {}
    for label in labels:
        own = by_label[fold_label(label)]
        ranked = sorted(own, key=lambda word: (everywhere[word] - 2 * own[word], -len(word), word))
        found[label] = ranked[:_WORDS_EACH]
    return found
