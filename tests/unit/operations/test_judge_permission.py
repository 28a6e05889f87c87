"""Whom a judge of answers may be shown a prompt's data."""

from promptops.operations.judge_permission import permit_of
from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import open_services


def test_residency_keeps_a_prompt_from_a_judge_elsewhere(tmp_path):
    root = make_workspace(
        tmp_path / "ws", prompts={"support/topic": label_prompt("topic")}, golden={}
    ).root
    services = open_services(root)
    prompt = services.registry.get("topic").prompt
    at_home = prompt.replace(data={"classification": "internal", "residency": ["eu"]})
    permit = permit_of(services, "openai/gpt-5-mini")
    anywhere = prompt.replace(data={"classification": "internal"})
    assert permit(anywhere) == ""
    assert permit(at_home) != ""
    assert permit(at_home) == permit(at_home)
    assert permit_of(services, "embedded/smollm2-135m")(at_home) == ""
