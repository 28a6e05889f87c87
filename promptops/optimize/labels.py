"""The labels that a prompt chooses from: said by its output schema, or seen in solved cases."""

from collections import Counter

from promptops.optimize.candidate import OptimizeTask
from promptops.scoring.reading import expected_text
from promptops.scoring.scorers.label_match import schema_labels

MOST_LABELS = 24
_LONGEST = 40  # characters; longer answers are sentences
_CASES_EACH = 3  # on average; with fewer, answers are a vocabulary rather than labels


def closed_labels(task: OptimizeTask) -> tuple[str, ...]:
    """The label set of a prompt; empty when its answers are free.

    Without a schema the expected answers of the training cases tell: few short ones, each of them
    again and again.
    """
    if labels := schema_labels(task.prompt):
        return labels if 2 <= len(labels) <= MOST_LABELS else ()
    expected = [case.expected_for(task.kb_label) for case in task.train]
    if not all(isinstance(each, str) for each in expected):
        return ()
    counts = Counter(expected_text(each) for each in expected)
    few = 2 <= len(counts) <= min(MOST_LABELS, len(expected) / _CASES_EACH)
    if not few or any(len(each) > _LONGEST or "\n" in each for each in counts):
        return ()
    return tuple(sorted(counts))
