"""``promptops rewrite`` and ``promptops portability`` on the command line."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_rows, make_workspace

Run = Callable[..., tuple[int, str, str]]
PROMPT = """\
apiVersion: promptops/v1
kind: Prompt
id: refund
version: "1.0.0"
title: Answer a refund question
intent: answer
variables:
  question: {type: string}
messages:
  - role: system
    content: |-
      You answer questions about refunds.

      You MUST name the page that you used.

      Say at most 2 sentences.

      If the page is missing, say that you do not know.
  - role: user
    content: |-
      Context:
      A refund takes 5 days.

      Question: {{ question }}
model: {params: {temperature: 0}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = make_workspace(tmp_path / "ws", prompts={}, golden={"topic": label_rows()}).root
    path = made / "prompt_registry" / "prompts" / "support" / "refund.prompt.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROMPT)
    return made


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the workspace; its exit status, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["-w", str(root), *arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


def accepted(run: Run, *arguments: str) -> dict:
    """Rewrite for Claude, accept the proposal; what the rewrite said of Claude."""
    _, out, _ = run("rewrite", "refund", "--family", "claude", "--format", "json", *arguments)
    told = json.loads(out)
    assert run("proposals", "accept", told["proposal"])[0] == 0
    return told["targets"]["claude"]


WRONG = {
    "no prompt": ([], "name prompts, or rewrite all of them with --every-prompt"),
    "a prompt beside all": (["refund", "--every-prompt"], "not both"),
    "an unknown prompt": (["refunds"], "error[unknown-prompt]"),
    "an unknown family": (["refund", "--family", "cloude"], 'did you mean "claude"'),
    "an unknown model": (["refund", "--model", "acme/roadrunner"], "error[unknown-model]"),
    "an unknown step": (["refund", "--family", "claude", "--without", "to-tag"], '"to-tags"'),
    "a margin that is no number": (["refund", "--margin", "nan"], "not a finite number"),
    "a margin of nothing that is measured": (
        ["refund", "--margin", "0.3"],
        "--margin goes with --measure",
    ),
    "nothing to measure on": (["refund", "--family", "claude", "--measure"], "error[usage]"),
    "a judge that was never measured": (
        ["refund", "--family", "claude", "--judge", "embedded/smollm2-135m"],
        "may not judge",
    ),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_one_line_and_changes_nothing(
    run: Run, root: Path, arguments: list[str], says: str
) -> None:
    code, out, err = run("rewrite", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert not list((root / "prompt_registry").rglob("*.proposal.yaml"))


def test_a_rewrite_is_proposed_explained_and_shown_line_by_line(run: Run) -> None:
    code, out, _ = run("rewrite", "refund", "--family", "claude", "--diff", "--explain")
    assert code == 0
    assert "to-tags (optional)" in out
    assert "https://" in out
    assert "+<context>" in out
    assert "Look at it: promptops proposals show refund-rewrite-" in out
    code, out, _ = run("rewrite", "refund", "--family", "claude", "--required-only", "--dry-run")
    assert (code, "to-tags" in out) == (0, False)


def test_one_model_gets_a_variant_without_the_parameter_that_it_refuses(run: Run) -> None:
    arguments = ["--model", "anthropic/claude-opus-4-7", "--required-only", "--format", "json"]
    _, out, _ = run("rewrite", "refund", *arguments)
    (found,) = json.loads(out)["targets"].values()
    assert (found["variant"], found["params"]) == ("claude-opus-4-7", {"temperature": None})
    assert [step["kind"] for step in found["steps"]] == ["hard"]


def test_a_variant_follows_its_base_and_keeps_edits_by_hand(run: Run, root: Path) -> None:
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    assert accepted(run)["status"] == "new"
    # Nobody touched it: the base alone decides.
    edit_base(path, "at most 2 sentences", "at most 3 sentences")
    assert accepted(run)["status"] == "updated"
    # Somebody edits the variant, then the base changes elsewhere.
    base, mark, variants = path.read_text().partition("variants:")
    by_hand = variants.replace("name the page that you", "name the page you")
    path.write_text(base + mark + by_hand)
    edit_base(path, "A refund takes 5 days.", "A refund takes 7 days.")
    merged = accepted(run)
    assert merged["status"] == "merged"
    texts = " ".join(message["content"] for message in merged["messages"])
    assert "name the page you used" in texts
    assert "7 days" in texts
    # Both change one line: nothing is written, and the conflict is shown.
    edit_base(path, "name the page that you used", "name the page and the date that you used")
    code, out, _ = run("rewrite", "refund", "--family", "claude")
    assert code == 1
    assert "conflict" in out
    assert "<<<<<<< edited by hand" in out
    code, out, _ = run("rewrite", "refund", "--family", "claude", "--overwrite")
    assert (code, "derived again" in out) == (0, True)


def edit_base(path: Path, old: str, new: str) -> None:
    """Change the prompt's own wording and not its variants."""
    base, mark, variants = path.read_text().partition("variants:")
    assert old in base
    path.write_text(base.replace(old, new) + mark + variants)


def test_git_keeps_what_an_edited_variant_was_derived_as(run: Run, root: Path) -> None:
    accepted(run)
    for proposal in (root / "prompt_registry" / "proposals" / "accepted").glob("*.yaml"):
        proposal.unlink()
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "derived"]):
        who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=root, check=True)
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    base, mark, variants = path.read_text().partition("variants:")
    path.write_text(base + mark + variants.replace("Say at most", "Write at most"))
    edit_base(path, "A refund takes 5 days.", "A refund takes 7 days.")
    _, out, _ = run("rewrite", "refund", "--family", "claude", "--dry-run", "--format", "json")
    found = json.loads(out)["targets"]["claude"]
    assert found["status"] == "merged", found["reason"]
    assert "Write at most" in found["messages"][0]["content"]


def test_what_does_not_travel_is_told_for_one_prompt_and_for_all(run: Run) -> None:
    code, out, _ = run("portability", "refund", "--model", "anthropic/claude-opus-4-7")
    assert code == 0
    assert "hard: fit-temperature" in out
    assert "soft: to-tags" in out
    assert run("portability", "refund", "--model", "anthropic/claude-opus-4-7", "--check")[0] == 1
    assert run("portability", "refund", "--family", "gpt", "--check")[0] == 0
    code, out, _ = run("portability", "--format", "json")
    (found,) = json.loads(out)
    assert {each["target"] for each in found["targets"]} > {"claude", "gpt", "gemini", "qwen"}


def test_a_stale_variant_is_told_and_derived_again_without_naming_its_family(
    run: Run, root: Path
) -> None:
    accepted(run)
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    edit_base(path, "at most 2 sentences", "at most 3 sentences")
    _, out, _ = run("portability", "refund", "--family", "claude")
    assert "variant claude, stale" in out
    asked = ["--set", "question=When?", "--for", "anthropic/claude-opus-4-7"]
    assert '"claude" is stale' in run("render", "refund", *asked)[2]
    _, out, _ = run("rewrite", "refund", "--dry-run", "--format", "json")
    assert json.loads(out)["targets"]["claude"]["status"] == "updated"


TWICE = {
    "a name that a step takes off": ("You are ChatGPT, a helpful clerk.", ["drop-identity"]),
    "a name that it has to leave": ("As ChatGPT, be helpful.", ["drop-identity"]),
    "two names, of which it tells one": (
        "You are ChatGPT and helpful. Act as Gemini and be brief.",
        ["MOD010", "drop-identity"],
    ),
}


@pytest.mark.parametrize(("text", "codes"), TWICE.values(), ids=TWICE)
def test_one_fault_is_counted_once(run: Run, root: Path, text: str, codes: list[str]) -> None:
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    path.write_text(path.read_text().replace("You answer questions about refunds.", text))
    _, out, _ = run("portability", "refund", "--family", "claude", "--format", "json")
    ((target,),) = (each["targets"] for each in json.loads(out))
    found = [each["code"] for each in target["soft"]]
    assert [code for code in found if code in ("MOD010", "drop-identity")] == codes


BY_HAND = {
    "too many stop sequences": (
        "openai/gpt-4.1",
        "stop: [a, b, c, d, e]",
        "stop: [a, b]",
        "keep at most 4 texts of `stop`",
    ),
    "a bound that the API does not have": (
        "anthropic/claude-opus-4-7",
        "logit_bias: {'7': -100}",
        "logit_bias: null",
        "set `logit_bias: null` in the params of its variant",
    ),
}


@pytest.mark.parametrize(("model", "given", "mended", "says"), BY_HAND.values(), ids=BY_HAND)
def test_what_only_a_person_can_mend_is_told_until_it_is(
    run: Run, root: Path, model: str, given: str, mended: str, says: str
) -> None:
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    path.write_text(path.read_text().replace("temperature: 0}", f"temperature: 0, {given}}}"))
    rewriting = ["rewrite", "refund", "--model", model]
    sending = ["render", "refund", "--set", "question=When?", "--for", model, "--format", "litellm"]
    code, out, _ = run(*rewriting)
    assert (code, "CANNOT BE SENT" in out, says in out) == (1, True, True)
    code, _, err = run(*sending)
    assert (code, says in err) == (2, True)
    name = model.partition("/")[2]
    with path.open("a") as prompt:
        prompt.write(
            f"variants: [{{id: own, when: {{model: [{name}]}},"
            f" params: {{temperature: null, {mended}}}}}]\n"
        )
    assert "CANNOT BE SENT" not in run(*rewriting)[1]
    assert run(*sending)[0] == 0
    assert run("portability", "refund", "--model", model, "--check")[0] == 0


LEFT = {
    "declined": (["--without", "to-tags"], "to-tags is left (optional, declined): "),
    "declined with nothing to do": (
        ["--without", "drop-prefill"],
        "drop-prefill is left (optional, declined): nothing to do",
    ),
    "a parameter that is declined": (
        ["--without", "fit-temperature"],
        "fit-temperature is left (required, declined): drops temperature",
    ),
    "not required": (["--required-only"], "to-tags is left (optional, not required): "),
}


@pytest.mark.parametrize(("arguments", "says"), LEFT.values(), ids=LEFT)
def test_a_step_that_was_left_is_explained(run: Run, arguments: list[str], says: str) -> None:
    asked = ["rewrite", "refund", "--model", "anthropic/claude-opus-4-7", "--dry-run", *arguments]
    assert says in run(*asked, "--explain")[1]
    told = json.loads(run(*asked, "--format", "json")[1])["targets"]["claude-opus-4-7"]
    step, _, why = says.partition(" is left (")
    because = why.partition(")")[0].partition(", ")[2]
    assert (step, because) in {(each["step"], each["because"]) for each in told["skipped"]}


def test_what_was_declined_stays_so_and_is_explained_again(run: Run) -> None:
    declined = ["--without", "to-tags", "--without", "fit-temperature"]
    asked = ["rewrite", "refund", "--model", "anthropic/claude-opus-4-7"]
    _, out, _ = run(*asked, *declined, "--format", "json")
    assert run("proposals", "accept", json.loads(out)["proposal"])[0] == 0
    assert run(*asked)[1] == "anthropic/claude-opus-4-7: nothing to change\n"
    _, out, _ = run(*asked, *declined, "--explain")
    assert "to-tags is left (optional, declined): marks" in out
    assert "fit-temperature is left (required, declined): drops" in out


def test_a_prompt_that_is_named_twice_is_rewritten_once(run: Run) -> None:
    _, out, _ = run("rewrite", "refund", "refund", "--model", "openai/o3", "--diff", "--dry-run")
    assert out.count("openai/o3: a new variant") == 1
    assert "temperature: 0 -> (left out)" in out


def test_a_prompt_that_would_be_too_large_with_its_variants_is_refused(
    run: Run, root: Path
) -> None:
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    long = "\n\n      ".join(f"Page {number}: a refund takes time." for number in range(5000))
    path.write_text(path.read_text().replace("A refund takes 5 days.", long))
    code, _, err = run("rewrite", "refund", "--family", "claude", "--family", "gemma")
    assert (code, "error[proposal]" in err, "KiB" in err) == (2, True, True)
    assert not list((root / "prompt_registry").rglob("*.proposal.yaml"))


def test_a_dialect_of_the_workspace_counts(run: Run, root: Path) -> None:
    folder = root / "prompt_registry" / "dialects"
    folder.mkdir()
    (folder / "house.yaml").write_text(
        "family: house\ntitle: House model\nversion: '2026.11'\nnames: [house]\nclaims:\n"
        "  - {id: house-xml, topic: delimiters, value: xml, kind: soft, text: It likes tags.,\n"
        "     source: us, url: 'https://example.org', date: 2026-11-01, review: 2027-11-01}\n"
    )
    code, out, _ = run("rewrite", "refund", "--model", "acme/house-2", "--dry-run")
    assert code == 0
    assert "to-tags (optional): " in out
    _, out, _ = run("portability", "refund", "--family", "house")
    assert "soft: to-tags" in out
    assert "MOD015" not in out
    (path,) = (root / "prompt_registry" / "prompts").rglob("refund.prompt.yaml")
    path.write_text(path.read_text().replace("model: {", "model: {requires: {family: house}, "))
    assert "MOD015" not in run("lint", "refund", "--select", "MOD")[1]
    checked = ["portability", "refund", "--model", "acme/house-2"]
    assert 'MOD015: no model card is called "house-2"' in run(*checked)[1]
    (root / "prompt_registry" / "models.yaml").write_text(
        "models: [{id: acme/house-2, family: house, provider: acme, jurisdiction: eu,"
        " retention_days: 0, trains_on_data: false}]\n"
    )
    assert "MOD015" not in run(*checked)[1]
    path.write_text(path.read_text().replace("family: house", "model: acme/house-2"))
    assert "MOD015" not in run("lint", "refund", "--select", "MOD")[1]
    (folder / "house.yaml").write_text("family: house\nclaims: 3\n")
    for command in (["rewrite"], ["portability"], ["lint"], ["render", "--for", "acme/house-2"]):
        code, out, err = run(*command, "refund")
        assert (code, out) == (2, "")
        assert "house.yaml:1: title: is missing" in err
