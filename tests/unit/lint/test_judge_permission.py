"""A judge is shown no prompt whose data it must not see."""

import json

import pytest

from promptops.config import load_settings
from promptops.llm.scripted import ScriptedChat
from promptops.operations.lint_judging import agreement_of, choose_checks, judge_files
from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import Services

ABROAD = "openai/gpt-5-mini"  # a catalog card says: US, keeps requests 30 days
POLICY = """
apiVersion: promptops/v1
kind: RoutingPolicy
metadata: {{name: support, version: 1, owner: support}}
applies_to: {{prompts: ["support/*"]}}
targets: [{{model: embedded/smollm2-135m}}]
constraints: [{{id: no-copies, when: {when}, require: {require}}}]
"""
KEPT_SHORT = "{retention_days_max: 0}"
PII = "{contains_pii: true}"


def opened(tmp_path, *, model=ABROAD, policy=None, declared=True, **data):
    prompt = label_prompt("topic", wording="Sort the message. List several tips.")
    stated = {"classification": "internal", "contains_pii": False, "residency": (), **data}
    prompt = prompt.replace(data=prompt.data.model_copy(update=stated) if declared else None)
    files = {} if policy is None else {"prompt_registry/policies/support.yaml": policy}
    workspace = make_workspace(tmp_path, prompts={"support/topic": prompt}, files=files)

    class Answering(Services):
        chat = ScriptedChat({"": json.dumps({"findings": []})})

    loaded = load_settings(workspace, {"llm.model": model}, environment={})
    return Answering(workspace, loaded.settings)


def rule(when=PII, require=KEPT_SHORT):
    return POLICY.format(when=when, require=require)


CASES = {
    "nothing forbids it": ({}, ""),
    "its data stay elsewhere": ({"residency": ("eu",)}, "the data stays in eu"),
    "a policy that allows no copies": (
        {"policy": rule(), "contains_pii": True},
        "policy support, no-copies",
    ),
    "the policy speaks of other data": ({"policy": rule()}, ""),
    "undeclared data count as sensitive": (
        {"policy": rule(), "declared": False},
        "policy support, no-copies",
    ),
    "a class by name": (
        {"policy": rule("{data_class_in: [confidential]}"), "classification": "confidential"},
        "policy support, no-copies",
    ),
    "a policy about capabilities only": (
        {"policy": rule("{}", "{capabilities_all: [telepathy]}")},
        "",
    ),
    "a model that nobody describes": (
        {"policy": rule("{}"), "model": "acme/unknown"},
        "no model card describes acme/unknown",
    ),
    "a model that nobody describes, and open data": ({"model": "acme/unknown"}, ""),
    "a policy that cannot be read": ({"policy": "targets: ["}, "the policies could not be read"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_prompt_is_kept_from_a_judge_that_its_data_must_not_reach(tmp_path, case):
    given, reason = CASES[case]
    services = opened(tmp_path, **given)
    files = [services.registry.get("topic")]
    report = judge_files(services, files, checks=choose_checks(["LLM001"]), force=True)
    assert bool(services.chat.requests) is not bool(reason)
    assert [reason in skipped.reason for skipped in report.skipped] == [True] * bool(reason)
    if reason:
        (skipped,) = report.skipped
        assert skipped.path == "prompt_registry/prompts/support/topic.prompt.yaml"
        assert services.settings.llm.model in skipped.reason


def test_a_model_in_this_process_may_be_shown_everything(tmp_path):
    services = opened(
        tmp_path, model="embedded/smollm2-135m", policy=rule(), contains_pii=True, residency=("eu",)
    )
    files = [services.registry.get("topic")]
    judge_files(services, files, checks=choose_checks(["LLM001"]), force=True)
    assert services.chat.requests


def test_the_agreement_of_a_judge_is_told():
    checks = choose_checks(["LLM001", "LLM004"])
    assert agreement_of("acme/large", checks) == "LLM001 not measured; LLM004 not measured"
    assert "false alarms" in agreement_of("embedded/smollm2-135m", checks)
