"""`--since`: what a change brought in, against a real git repository."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from promptops.errors import UsageError
from promptops.lint import LintOptions
from promptops.lint.paths import Target
from promptops.operations.lint_changes import Introduced, lint_changes
from promptops.operations.linting import named_targets, open_scope
from promptops.testing.workspace import label_prompt, make_workspace

OLD = "Sort the message <|eot_id|> by topic."
PROMPTS = "prompt_registry/prompts"
ONLY = LintOptions(select=frozenset({"SEC003", "VAR004"}))


def git(root: Path, *arguments: str) -> str:
    told = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *told, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A change")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace below the top of its repository, with one committed prompt."""
    prompts = {"support/topic": label_prompt("topic", wording=OLD)}
    root = make_workspace(tmp_path / "repo/ws", prompts=prompts).root
    git(root.parent, "init", "-q", "-b", "main")
    commit(root.parent)
    return root


def since(root: Path, revision: str = "HEAD", *names: str) -> Introduced:
    scope = replace(open_scope(start=root, today=date(2026, 1, 1)), options=ONLY)
    targets = named_targets(scope, [str(root / name) for name in names])
    return lint_changes(root, revision, targets, options=replace(ONLY, root=root))


def told(change: Introduced) -> list[tuple[str, str]]:
    return [(finding.prompt_id, finding.code) for finding in change.report.findings]


def edit(root: Path, old: str, new: str, name: str = "support/topic") -> None:
    path = root / PROMPTS / f"{name}.prompt.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_no_change_brings_in_nothing(root):
    change = since(root)
    assert (change.files, change.report.checked, told(change)) == ((), 0, [])


def test_only_what_was_added_is_told(root):
    edit(root, "</message>", "</message> <|im_end|>")
    change = since(root)
    assert told(change) == [("topic", "SEC003")]
    assert change.report.exit_status == 1
    commit(root)
    assert told(since(root)) == []
    assert told(since(root, "HEAD~1")) == [("topic", "SEC003")]


def test_moved_lines_and_renamed_files_bring_in_nothing(root):
    edit(root, "tags:", "# a remark\n\ntags:")
    edit(root, "id: topic", "id: subject")
    folder = root / PROMPTS / "support"
    (folder / "topic.prompt.yaml").rename(folder / "subject.prompt.yaml")
    git(root, "add", "-A")
    change = since(root)
    assert [(item.status, item.path.rpartition("/")[2]) for item in change.files] == [
        ("renamed", "subject.prompt.yaml")
    ]
    assert (change.report.checked, told(change)) == (1, [])


def test_an_untracked_file_is_all_new_and_a_deleted_one_is_listed(root):
    make_workspace(root, prompts={"x/fresh": label_prompt("fresh", wording=OLD)})
    (root / PROMPTS / "support/topic.prompt.yaml").unlink()
    change = since(root)
    assert told(change) == [("fresh", "SEC003")]
    assert sorted(item.status for item in change.files) == ["added", "deleted"]


def test_what_is_settled_is_counted(root):
    edit(root, " <|eot_id|>", "")
    change = since(root)
    assert (told(change), change.settled) == ([], 1)


def test_a_branch_answers_for_its_own_changes_only(root):
    git(root, "checkout", "-q", "-b", "mine")
    edit(root, "</message>", "</message> <|im_end|>")
    commit(root)
    git(root, "checkout", "-q", "main")
    make_workspace(root, prompts={"x/theirs": label_prompt("theirs", wording=OLD)})
    commit(root)
    git(root, "checkout", "-q", "mine")
    assert told(since(root, "main")) == [("topic", "SEC003")]


def test_files_outside_the_paths_named_and_hidden_ones_are_left_alone(root):
    make_workspace(root, prompts={"x/one": label_prompt("one", wording=OLD)})
    kept = root / PROMPTS / "x/.history/one@1.0.0.prompt.yaml"
    kept.parent.mkdir()
    kept.write_text((root / PROMPTS / "x/one.prompt.yaml").read_text())
    assert told(since(root)) == [("one", "SEC003")]
    assert told(since(root, "HEAD", f"{PROMPTS}/support")) == []
    assert told(since(root, "HEAD", f"{PROMPTS}/x/one.prompt.yaml")) == [("one", "SEC003")]


def test_a_broken_new_text_is_skipped_and_a_broken_old_one_hides_nothing(root):
    edit(root, "kind: Prompt", "kind: [")
    change = since(root)
    assert change.report.exit_status == 2
    assert change.report.skipped
    commit(root)
    edit(root, "kind: [", "kind: Prompt")
    assert told(since(root)) == [("topic", "SEC003")]


def test_names_that_git_would_quote_are_read(root):
    path = root / PROMPTS / 'support/a "b" ü.prompt.yaml'
    path.write_text((root / PROMPTS / "support/topic.prompt.yaml").read_text())
    commit(root)
    path.write_text(path.read_text().replace("</message>", "</message> <|im_end|>"))
    assert told(since(root)) == [("topic", "SEC003")]


def test_files_of_other_formats_are_compared_too(root):
    notes, table = root / "AGENTS.md", root / "prompts.csv"
    notes.write_text("# Rules\n\nGo on <|im_end|> here.\n")
    table.write_text("prompt\nGo on <|im_end|> here.\n")
    commit(root)
    notes.write_text("# Rules\n\nNew.\n\nGo on <|im_end|> here.\n\nAnd <|eot_id|> there.\n")
    table.write_text("prompt\nNew.\nGo on <|im_end|> here.\nAnd <|eot_id|> there.\n")
    change = since(root, "HEAD", "AGENTS.md", "prompts.csv")
    places = [(finding.path, finding.row, finding.line) for finding in change.report.findings]
    assert places == [("AGENTS.md", None, 7), ("prompts.csv", 3, 1)]


def test_a_file_elsewhere_is_refused(root, tmp_path):
    other = tmp_path / "other.md"
    other.write_text("Go.")
    with pytest.raises(UsageError, match="not in"):
        lint_changes(root, "HEAD", [Target(path=other)], options=ONLY)


REVISIONS = {
    "one that nobody made": ("mian", 'did you mean "main"'),
    "one like nothing": ("zzzzzz", "fetch it first"),
    "an option": ("--output=stolen", "is not a revision"),
    "nothing": ("", "is not a revision"),
}


@pytest.mark.parametrize(("revision", "said"), REVISIONS.values(), ids=REVISIONS)
def test_a_revision_that_is_none_is_refused(root, revision, said):
    with pytest.raises(UsageError) as problem:
        since(root, revision)
    assert said in str(problem.value)
    assert not (root / "stolen").exists()


def test_histories_with_nothing_in_common_are_told(root):
    git(root, "checkout", "-q", "--orphan", "island")
    edit(root, " <|eot_id|>", "")
    commit(root)
    with pytest.raises(UsageError, match="no commit in common"):
        since(root, "main")


def test_a_folder_outside_git_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = make_workspace(tmp_path / "ws", prompts={"a/topic": label_prompt("topic")}).root
    with pytest.raises(UsageError, match="not a git repository"):
        since(root)
