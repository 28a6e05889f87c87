"""The commit-time gate: which prompts changed, and which duplicates are theirs."""

import subprocess

from promptops.cluster.duplicates import DuplicateReport
from promptops.cluster.merging import group_pairs
from promptops.cluster.report import DuplicatePair
from promptops.cluster.word_neighbors import word_neighbors
from promptops.operations.duplicates import (
    changed_duplicates,
    changed_prompts,
    only_kind,
    only_of,
    registry_duplicates,
)
from promptops.prompts.loader import load_prompt
from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import open_services

PROMPT = (
    "apiVersion: promptops/v1\nkind: Prompt\nid: {}\nversion: '1.0.0'\ntitle: A title\n"
    "intent: answer\nmessages:\n  - {{role: user, content: 'Answer the question.'}}\n"
)


def git(folder, *arguments):
    who = ("-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_new_changed_and_uncommitted_prompts_count(tmp_path):
    for name in ("old", "edited"):
        (tmp_path / f"{name}.prompt.yaml").write_text(PROMPT.format(name), encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "new.prompt.yaml").write_text(PROMPT.format("new"), encoding="utf-8")
    text = PROMPT.format("edited").replace("question.", "question now.")
    (tmp_path / "edited.prompt.yaml").write_text(text, encoding="utf-8")
    files = [load_prompt(path) for path in sorted(tmp_path.glob("*.prompt.yaml"))]
    assert changed_prompts(files, tmp_path, "HEAD") == {"new", "edited"}
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "two")
    assert changed_prompts(files, tmp_path, "HEAD") == frozenset()
    assert changed_prompts(files, tmp_path, "HEAD~1") == {"new", "edited"}


RETURN = (
    "You answer questions about returns of our web shop. Name the period for {}. Say whether the "
    "parcel is free of charge. Mention the label that is printed at home."
)
WORDINGS = {
    "a": RETURN.format("shoes"),
    "b": RETURN.format("jackets"),
    "c": RETURN.format("SHOES") + "!",
    "d": "Write a poem about the sea and its ships.",
    "e": "Write a poem about the sea and its boats.",
    "f": "!!!",
}


def test_the_check_of_a_change_finds_what_the_whole_comparison_finds(tmp_path):
    named = {name: label_prompt(name, wording=text) for name, text in WORDINGS.items()}
    services = open_services(make_workspace(tmp_path / "ws", prompts=named).root)
    files, _ = services.registry.load_all()
    whole = registry_duplicates(services, files)
    assert whole.report.pairs
    for changed in ({"a"}, {"c"}, {"d", "f"}, {"e", "b"}, set()):
        found = changed_duplicates(services, files, changed)
        assert found.report == only_of(whole.report, changed)


def test_only_the_nearest_in_words_are_compared_in_full():
    texts = [f"Sort the {topic} by color and size." for topic in ("shoes", "hats", "cars")]
    far = ["Explain a bug in this function.", "Translate into French."] * 20
    assert word_neighbors([*texts, *far], [0], 2) == {1, 2}
    assert word_neighbors(["Same text here."] * 3, [0, 1, 2], 2) == set()
    part = "Rate the risk of the clause."
    longer = part + " " + " ".join(f"word{number}" for number in range(200))
    assert 1 in word_neighbors([part, longer, *texts, *far], [0], 1)


def pair(a, b, kind):
    return DuplicatePair(a=a, b=b, similarity=1.0, jaccard=1.0, kind=kind)


def test_a_copy_of_a_text_shares_what_the_first_copy_is_like():
    pairs = (pair("a", "c", "exact"), pair("a", "b", "near"), pair("x", "y", "semantic"))
    report = DuplicateReport(items=5, pairs=pairs, groups=group_pairs(pairs), left_out=())
    narrowed = only_of(report, ["c"])
    assert narrowed.pairs == pairs[:2]
    assert [group.members for group in narrowed.groups] == [("a", "b", "c")]
    assert only_of(report, ["z"]).pairs == only_of(report, ["z"]).groups == ()
    assert only_kind(report, "semantic").pairs == pairs[2:]
