"""`render` writes the messages, or the exact body of a request; what it changes, it says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from promptops.cli import main
from promptops.testing.workspace import label_prompt, make_workspace

Run = Callable[..., tuple[int, str, str]]
VARIANTS = [
    {
        "id": "claude",
        "when": {"family": ["claude"]},
        "messages": [{"role": "user", "content": "<m>{{ message }}</m>"}],
        "params": {"seed": None, "temperature": None},
    },
    {"id": "short", "messages": [{"role": "user", "content": "Topic? {{ message }}"}]},
]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run ``render topic`` in a small workspace; its exit status, stdout and stderr."""
    prompt = label_prompt("topic").replace(variants=VARIANTS)
    root = make_workspace(tmp_path / "ws", prompts={"support/topic": prompt}).root

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["-w", str(root), "render", "topic", "--set", "message=Late?", *arguments])
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


def test_the_body_of_a_request_is_one_json_document(run: Run) -> None:
    status, out, err = run("--for", "openai/gpt-4.1-mini", "--format", "openai")
    assert status == 0
    body = json.loads(out)
    assert body["model"] == "gpt-4.1-mini"
    assert [each["role"] for each in body["messages"]] == ["system", "user"]
    assert body["messages"][1]["content"] == "<message>\nLate?\n</message>"
    assert (body["temperature"], body["seed"]) == (0, 7)
    assert body["response_format"]["json_schema"]["strict"] is False
    assert "for POST /v1/chat/completions\nnote: strict is false" in err


def test_the_variant_of_the_model_is_chosen(run: Run) -> None:
    model = ("--for", "anthropic/claude-opus-5")
    status, out, err = run(*model, "--format", "anthropic")
    body = json.loads(out)
    assert status == 0
    assert body["messages"] == [{"role": "user", "content": "<m>Late?</m>"}]
    assert body["max_tokens"] == 24
    assert "system" not in body
    assert 'the variant "claude" speaks to anthropic/claude-opus-5' in err
    assert run(*model)[1] == "[user]\n<m>Late?</m>\n"
    named = json.loads(run(*model, "--variant", "short", "--format", "litellm")[1])
    assert named["messages"][0]["content"] == "Topic? Late?"


def test_what_the_model_does_not_take_is_told_with_its_source(run: Run) -> None:
    _, out, err = run("--for", "openai/gpt-5-mini", "--format", "openai")
    assert "temperature" not in json.loads(out)
    (note,) = [line for line in err.splitlines() if line.startswith("note: temperature 0")]
    assert "is left out" in note
    assert "https://" in note
    assert run("--for", "openai/gpt-5-mini", "--format", "openai", "--quiet")[2] == ""


# sentence: (arguments, the error)
WRONG = {
    "a request without a model": (
        ["--format", "gemini"],
        (
            "error[usage]: --format gemini writes a request, and no model is named (name it with "
            "--for MODEL: `promptops models list` shows them)"
        ),
    ),
    "a model that nobody knows": (
        ["--for", "acme/assistant", "--format", "openai"],
        'error[unknown-model]: no model card is called "acme/assistant" (',
    ),
    "an API that does not serve the model": (
        ["--for", "anthropic/claude-opus-5", "--format", "gemini"],
        (
            'error[request]: anthropic/claude-opus-5: it is not served in the format "gemini" (use '
            "--format anthropic, or --format litellm, which serves every model)"
        ),
    ),
    "a variant that the prompt does not have": (
        ["--for", "openai/gpt-4.1", "--variant", "shrt", "--format", "openai"],
        'error[unknown-prompt]: "topic" has no variant "shrt" (did you mean "short"?)',
    ),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_line(run: Run, arguments: list[str], says: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith(says)
