"""The lint rules and their peers on the hand-labeled prompts: places, prompts, false alarms."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import lint_peers
from lint_labels import GROUPS, Label, Labeled, agreement, labeled_prompts, same_place
from lint_outside import peers_for
from lint_scores import NONE, SEVERE, Found, Ours, Score, Table, share

Truth = Callable[[Labeled], list[Label]]


def raw(prompt: Labeled) -> list[Label]:
    """What the readers marked."""
    return prompt.labels


def adjudicated(prompt: Labeled) -> list[Label]:
    """With what a second reading of the findings added."""
    return prompt.labels + prompt.added


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A labeled prompt and our findings in it."""

    prompt: Labeled
    found: list[Found]

    def confirmed(self, one: Found, truth: Truth, *, any_code: bool = False) -> bool:
        """Whether a label of the same code (or of any) stands at a finding's place."""
        return any(
            (any_code or label.code == one.code)
            and same_place(self.prompt.text, (one.start, one.end), (label.start, label.end))
            for label in truth(self.prompt)
        )

    def hit(self, label: Label) -> bool:
        """Whether a finding of the same code stands at a label's place."""
        return any(
            one.code == label.code
            and same_place(self.prompt.text, (one.start, one.end), (label.start, label.end))
            for one in self.found
        )


def cases() -> list[Case]:
    ours = Ours()
    return [Case(prompt=each, found=ours(each.text)) for each in labeled_prompts()]


def by_code(all_cases: list[Case], truth: Truth) -> dict[str, Score]:
    """Places: findings and labels of each code."""
    scores: dict[str, Score] = defaultdict(lambda: NONE)
    for case in all_cases:
        for one in case.found:
            if one.code[:3] in GROUPS:
                scores[one.code] += Score(
                    labeled=0, hits=0, found=1, true=int(case.confirmed(one, truth))
                )
        for label in truth(case.prompt):
            scores[label.code] += Score(labeled=1, hits=int(case.hit(label)), found=0, true=0)
    return dict(sorted(scores.items()))


def tables(all_cases: list[Case]) -> list[Table]:
    prompts = [case.prompt for case in all_cases]
    n = len(prompts)
    return [
        _agreement(),
        _codes(all_cases, n),
        _places(all_cases, n),
        _groups(all_cases, n),
        _alarms(all_cases),
    ]


def _agreement() -> Table:
    rows = agreement()
    note = (
        f"{rows[0][3]} prompts that all readers read. An answer is whether a prompt has any label "
        "of the group; the last row compares single labels by code and place (mean F1 of the "
        "pairs of readers). The readers are language models that had the rules' documentation as "
        "definitions and did not see what the rules find."
    )
    shown = [
        [name, "-" if k is None else f"{k:.2f}", f"{equal:.2f}", counts]
        for name, k, equal, _, counts in rows
    ]
    header = ["group", "mean Cohen's kappa", "equal answers", "seen by each reader"]
    return Table(title="Agreement of the readers", note=note, header=header, rows=shown)


def _codes(all_cases: list[Case], n: int) -> Table:
    before, after = by_code(all_cases, raw), by_code(all_cases, adjudicated)
    rows = []
    for code, score in after.items():
        first = before.get(code, NONE)
        rows.append([code, *first.cells()[:2], *score.cells()[:2]])
    note = (
        f"{n} prompts. A finding is true when a label of its code stands in the same sentence or "
        "line. Raw: as the readers labeled. Adjudicated: with the labels that a second reading of "
        "the unconfirmed findings added; no label was taken away."
    )
    header = ["rule", "precision", "recall", "precision (adjudicated)", "recall (adjudicated)"]
    return Table(title="Hand-labeled prompts, rule by rule", note=note, header=header, rows=rows)


def _places(all_cases: list[Case], n: int) -> Table:
    rows = []
    for group in GROUPS:
        row = [group]
        for truth in (raw, adjudicated):
            scores = [s for code, s in by_code(all_cases, truth).items() if code[:3] == group]
            row += sum(scores, NONE).cells()
        rows.append(row)
    header = ["group", "precision", "recall", "F1"]
    header += [f"{name} (adjudicated)" for name in header[1:]]
    note = f"{n} prompts; places as above, all rules of a group together."
    return Table(title="Hand-labeled prompts, group by group", note=note, header=header, rows=rows)


def _groups(all_cases: list[Case], n: int) -> Table:
    texts = [case.prompt.text for case in all_cases]
    said: dict[str, list[set[str]]] = {
        "PromptOps": [{one.group for one in case.found} for case in all_cases]
    }
    for peer in _linters():
        said[peer] = [{flag[0] for flag in flags} for flags in lint_peers.ask(peer, texts)]
    rows = []
    for group in GROUPS:
        for tool, answers in said.items():
            if tool != "PromptOps" and group not in lint_peers.speaks_about(tool):
                continue
            row = [group, tool]
            for truth in (raw, adjudicated):
                row += _prompts(all_cases, truth, group, answers).cells()
            rows.append(row)
    header = ["group", "tool", "precision", "recall", "F1"]
    header += [f"{name} (adjudicated)" for name in header[2:]]
    note = (
        f"{n} prompts. Here a prompt counts once a group: labeled when it has a label of the "
        "group, found when the tool reports anything of it at any level, because most peers "
        "report no places. Peers define the defects of a group in their own way."
    )
    return Table(title="Hand-labeled prompts beside peers", note=note, header=header, rows=rows)


def _linters() -> list[str]:
    return list(dict.fromkeys(peer for group in GROUPS for peer in peers_for(group)))


def _prompts(all_cases: list[Case], truth: Truth, group: str, answers: list[set[str]]) -> Score:
    total = NONE
    for case, groups in zip(all_cases, answers, strict=True):
        labeled = any(label.group == group for label in truth(case.prompt))
        both = int(labeled and group in groups)
        total += Score(labeled=int(labeled), hits=both, found=int(group in groups), true=both)
    return total


def alarms(all_cases: list[Case], truth: Truth) -> tuple[int, int]:
    """Professional prompts with a finding of warning or above that no label confirms, and all."""
    professional = [case for case in all_cases if case.prompt.professional]
    return sum(bool(unconfirmed(case, truth)) for case in professional), len(professional)


def unconfirmed(case: Case, truth: Truth) -> list[Found]:
    """Findings of warning and above without a label of any code at their place."""
    return [
        one
        for one in case.found
        if one.severity in SEVERE and not case.confirmed(one, truth, any_code=True)
    ]


def _alarms(all_cases: list[Case]) -> Table:
    clean = [case for case in all_cases if case.prompt.professional and not raw(case.prompt)]
    said = {"PromptOps": sum(any(one.severity in SEVERE for one in case.found) for case in clean)}
    for peer in _linters():
        answers = lint_peers.ask(peer, [case.prompt.text for case in clean])
        said[peer] = sum(any(flag[2] != "info" for flag in flags) for flags in answers)
    rows = [[tool, "-", "-", share(count, len(clean))] for tool, count in said.items()]
    rows[0][1:3] = [share(*alarms(all_cases, truth)) for truth in (raw, adjudicated)]
    note = (
        "Share of professional prompts with a finding of warning or above, of any group, that no "
        "label of any code confirms. On the right: prompts without any label, where whatever a "
        "tool reports at that level is false; peers can be compared there only."
    )
    header = ["tool", "unconfirmed", "unconfirmed (adjudicated)", "on prompts without a label"]
    return Table(title="False alarms on professional prompts", note=note, header=header, rows=rows)
