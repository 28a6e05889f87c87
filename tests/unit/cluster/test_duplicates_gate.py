"""The commit-time gate: which prompts changed, and which duplicates are theirs."""

import subprocess

from promptops.cluster.duplicates import DuplicateReport
from promptops.cluster.merging import group_pairs
from promptops.cluster.report import DuplicatePair
from promptops.operations.duplicates import changed_prompts, only_kind, only_of
from promptops.prompts.loader import load_prompt

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
