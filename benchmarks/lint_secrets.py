"""Rule PRI001 and its peers on keys: published examples, read blind, and keys made for the purpose.

The examples come from the tests of gitleaks' rules. ``labels/secrets_blind.json`` states for each
whether it holds a whole credential, with the protocol of the reading.
"""

import json
from pathlib import Path

import lint_corpora
import lint_made_keys
from lint_outside import Answers, Cards, peers_answers
from lint_scores import SEVERE, Ours, Score, Table, flagged, share

BLIND = Path(__file__).with_name("labels") / "secrets_blind.json"
HARMLESS = ("awesome", "fabric")
EXAMPLES, MADE = "examples", "made"


def blind() -> dict[str, bool]:
    """Whether an example holds a whole credential, by its id; those left unsure are missing."""
    labels = json.loads(BLIND.read_text(encoding="utf-8"))
    return {
        name: label == "credential"
        for label in ("credential", "nothing")
        for names in labels[label].values()
        for name in names
    }


def secrets() -> tuple[list[Table], Cards]:
    """Precision and recall on both sets, and what is flagged in harmless prompts."""
    rows = list(lint_corpora.secrets())
    made = lint_made_keys.made_keys()
    sets = {
        EXAMPLES: [(name, text) for name, text, _ in rows],
        MADE: [(name, text) for name, text, _ in made],
        **{name: getattr(lint_corpora, name)() for name in HARMLESS},
    }
    tools = _ours(sets) | peers_answers("secret", sets)
    labels = blind()
    truth = [labels.get(name) for name, _, _ in rows]
    raw = [must for _, _, must in rows]
    first = [int(lint_corpora.fingerprint(text), 16) % 2 == 0 for _, text, _ in rows]
    table, halves, keys = [], [], []
    for tool, answers in tools.items():
        said = answers[EXAMPLES]
        cells = [*_score(said, truth).cells()[:2], *_score(said, raw).cells()[:2]]
        table.append([tool, *cells, *[share(*flagged(answers[name])) for name in HARMLESS]])
        if tool.startswith("PromptOps"):
            for name, part in (("tuned", True), ("held out", False)):
                mine = [x if half is part else None for x, half in zip(truth, first, strict=True)]
                halves.append([tool, name, *_score(said, mine).cells()])
        if made:
            keys.append([tool, *_recalls(answers[MADE], [tuned for _, _, tuned in made])])
    unsure = truth.count(None)
    found = [
        Table(title="Secrets", note=_note(len(rows), sum(raw), unsure, sum(labels.values())),
              header=["tool", "precision (blind)", "recall (blind)", "precision (raw)",
                      "recall (raw)", *[f"flagged in {name}" for name in HARMLESS]], rows=table),
        Table(title="Secrets, half by half", note=_HALVES,
              header=["tool", "half", "precision (blind)", "recall (blind)", "F1"], rows=halves),
    ]  # fmt: skip
    if keys:
        header = ["tool", "recall (tuned half)", "recall (held-out half)"]
        title = "Secrets, keys made from an outside list of forms"
        found.append(Table(title=title, note=_MADE, header=header, rows=keys))
    card = _score(tools["PromptOps PRI001"][EXAMPLES], truth)
    return found, {"PRI001": (card, "gitleaks examples")}


def _ours(sets: dict[str, list[tuple[str, str]]]) -> dict[str, Answers]:
    ours = Ours()
    found = {name: [ours(text) for _, text in part] for name, part in sets.items()}
    return {
        "PromptOps PRI001": {
            name: [any(x.code == "PRI001" and x.severity in SEVERE for x in each) for each in part]
            for name, part in found.items()
        },
        "PromptOps any PRI, remarks too": {
            name: [any(x.group == "PRI" for x in each) for each in part]
            for name, part in found.items()
        },
    }


def _score(said: list[bool], truth: list[bool | None]) -> Score:
    """Of texts that have a label."""
    rows = [(one, two) for one, two in zip(said, truth, strict=True) if two is not None]
    hits = sum(one and two for one, two in rows)
    return Score(
        labeled=sum(two for _, two in rows), hits=hits, found=sum(one for one, _ in rows), true=hits
    )


def _recalls(said: list[bool], tuned: list[bool]) -> list[str]:
    parts = ([one for one, half in zip(said, tuned, strict=True) if half is part]
             for part in (True, False))  # fmt: skip
    return [share(*flagged(part)) for part in parts]


def _note(total: int, must: int, unsure: int, credentials: int) -> str:
    return (
        f"{total} examples from the tests of gitleaks' rules. Blind: {credentials} hold a whole "
        "credential, as a reader labeled them twice who had seen neither the rules' code nor any "
        f"finding nor the set's own labels; {unsure} that a reader could take either way are left "
        "out (benchmarks/labels/secrets_blind.json). Raw: the set's own label, which holds for one "
        f"rule of gitleaks only; of the {must} that must fire, many are cut off where gitleaks' "
        "code adds a random part, or are placeholders, and 90 rows have a text that stands under "
        "both labels. A tool flags a text when it reports a secret at warning or error; PRI019 "
        "(secret-placeholder) is a remark."
    )


_HALVES = (
    "Halves by a digest of the text. The latest changes to PRI001 were made in sight of the tuned "
    "half alone. Its tables were first written with the same set at hand, so that neither half is "
    "new to them: the keys below are the figure for unknown forms."
)
_MADE = (
    "For each form of a secret key that kingfisher knows, one random key in a sentence, counted "
    "when kingfisher finds it with all its rules (benchmarks/lint_made_keys.py); its own recall is "
    "by construction. PRI001 was tuned on half of the forms (by a digest of the form's id); the "
    "other half was counted, and but for a dozen patterns seen in passing never read: 0.59 before "
    "the tuning. The list descends from gitleaks' and is not wholly foreign to PRI001's tables."
)
