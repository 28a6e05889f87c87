"""Rule PRI001 and its peers on keys: published examples, read blind, and keys made for the purpose.

The examples come from the tests of gitleaks' rules. ``labels/secrets_blind.json`` states for each
whether it holds a whole credential, with the protocol of the reading.
"""

import json
from collections import Counter
from pathlib import Path

import lint_corpora
import lint_key_forms
import lint_made_keys
from lint_outside import Answers, Cards, peers_answers
from lint_scores import SEVERE, Ours, Score, Table, flagged, share

BLIND = Path(__file__).with_name("labels") / "secrets_blind.json"
HARMLESS = ("awesome", "fabric")
EXAMPLES, MADE, NEW = "examples", "made", "new"
SHAPES = {
    "masked or placeholder: runs of x, X, #, zeros, ones or stars": "`ghu_xxxxxxxx`, `xoxb-xxx`",
    "no value of a secret's kind": "`- (NSNumber *)sumOfProperty:…`, `hooks.slack.com/services/`",
    "cut off where the generator appends": '`clientSecret := "s-s4t2ud-`',
    "ciphertext or signature in an address or blob": '`signature":"…",` and 682 characters',
    "Google key's length wrong or inside a longer blob": "`AIza` and 42 characters, not 35",
    "short made-up value": "`SUMO_ACCESS_KEY:` and 9 characters in alphabetical order",
    "upper-cased, so not the key": "`AIZASY…`",
    "sequence of digits or letters, a stand-in": "`AIzaSyabcdefghijkl…`",
    "says EXAMPLE": "`ABSK…EXAMPLEEXAMPLE…`",
    "checksum, hash, digest or lone hex digits": "`aws-cli@sha256:…`",
    "a variable or a reference stands where the value would be": "`KEY=${KEY:=$2}`",
    "Basic header of a user with an empty password": "`Authorization: Basic` of `browser:`",
    "right shape and length, made of runs of the alphabet": "`sk-ant-api03-abc123xyz-…`",
    "CSRF token: whole, but useless without its session": '`name="authenticity_token" value=…`',
    "long random value, name says nothing of a secret": "`sumOfExposures = …;`",
}
"""What rows of a class look like, by the reason that the reader gave."""


def blind() -> dict[str, bool]:
    """Whether an example holds a whole credential, by its id; those left unsure are missing."""
    labels = json.loads(BLIND.read_text(encoding="utf-8"))
    return {
        name: label == "credential"
        for label in ("credential", "nothing")
        for names in labels[label].values()
        for name in names
    }


def _reasons() -> dict[str, tuple[str, str]]:
    """Label and reason of each example, by its id."""
    labels = json.loads(BLIND.read_text(encoding="utf-8"))
    return {
        name: (label, reason)
        for label in ("credential", "nothing", "unsure")
        for reason, names in labels[label].items()
        for name in names
    }


def _unreported(said: list[bool]) -> Table:
    """What the examples hold that must fire by the set's own label and are not reported."""
    rows = list(lint_corpora.secrets())
    reasons = _reasons()
    both = {text for _, text, must in rows if not must}
    count: Counter[tuple[str, str]] = Counter()
    twice: Counter[tuple[str, str]] = Counter()
    for (name, text, must), found in zip(rows, said, strict=True):
        if must and not found:
            count[reasons[name]] += 1
            twice[reasons[name]] += text in both
    cells = [
        [reason, label, str(n), str(twice[label, reason]), SHAPES.get(reason, "")]
        for (label, reason), n in count.most_common()
    ]
    cells.append(["all", "", str(count.total()), str(twice.total()), ""])
    header = ["what the row holds", "label", "rows", "under both labels", "looks like"]
    return Table(title="Secrets, what is not reported of the raw label", note=_UNREPORTED,
                 header=header, rows=cells)  # fmt: skip


def secrets() -> tuple[list[Table], Cards]:
    """Precision and recall on both sets, and what is flagged in harmless prompts."""
    rows = list(lint_corpora.secrets())
    made = lint_made_keys.made_keys()
    sets = {
        EXAMPLES: [(name, text) for name, text, _ in rows],
        MADE: [(name, text) for name, text, _ in made],
        NEW: [(f"{name}, {setting}", text) for name, setting, text in lint_key_forms.texts()],
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
        header = ["tool", "recall (first half)", "recall (second half)"]
        title = "Secrets, keys made from an outside list of forms"
        found.append(Table(title=title, note=_MADE, header=header, rows=keys))
    found.insert(1, _unreported(tools["PromptOps PRI001"][EXAMPLES]))
    found.append(_new_forms(tools))
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


def _new_forms(tools: dict[str, Answers]) -> Table:
    settings = [setting for _, setting, _ in lint_key_forms.texts()]
    rows = []
    for tool, answers in tools.items():
        said = list(zip(answers[NEW], settings, strict=True))
        parts = [[one for one, setting in said if setting == name]
                 for name in lint_key_forms.SETTINGS]  # fmt: skip
        rows.append([tool, *[share(*flagged(part)) for part in parts]])
    return Table(title="Secrets, forms of services that no table of ours holds", note=_NEW,
                 header=["tool", *lint_key_forms.SETTINGS], rows=rows)  # fmt: skip


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
    "by construction. PRI001 was first tuned on half of the forms (by a digest of the form's id); "
    "the other half was then at 0.79 [0.72, 0.84]. What was missed of it has been read since, so "
    "that neither half is held out any more; that is the next table."
)
_UNREPORTED = (
    "Rows whose raw label says that they must fire and in which PRI001 reports nothing, by what "
    "the blind reader saw in them. All were read once more for this table by a second reader, who "
    "knew the findings: no row holds a whole credential. Those labeled unsure a reader could take "
    "either way. Under both labels: the set lists the same text among those that must not fire."
)
_NEW = (
    "Held out: one random key of each of 77 services in four settings, of forms from a list that "
    "was not used before (benchmarks/lint_key_forms.py). It was read when PRI001 was finished; the "
    "one change afterwards takes findings away (members of objects in code, as in `self.lib.d2i`) "
    "and moved no number here. The setting is where the key stands: behind the service's "
    'name and "API_KEY=", in a sentence that calls it an API key, in JSON as the service\'s token, '
    "or as a bare argument without a word for a secret, where only a mark inside the key tells."
)
