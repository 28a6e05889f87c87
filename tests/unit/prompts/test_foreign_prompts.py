"""Prompts of other tools become ours when they say the same, and are refused when they cannot."""

import pytest
import yaml

from promptops.errors import ImportFormatError
from promptops.prompts.formats.conversion import convert
from promptops.prompts.formats.picoschema import json_schema
from promptops.prompts.importing import import_collection
from promptops.prompts.loader import load_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.rendering import render

PROMPTY = """\
---
name: Basic Prompt
model:
  id: gpt-4
  options: {temperature: 0.5, maxOutputTokens: 100}
inputs:
  - {name: firstName, kind: string, default: Jane}
  - {name: question, kind: string, required: true}
outputs:
  - {name: mood, kind: string, description: How it sounds, required: true}
---
system:
Help {{firstName}}.

user:
{{question}}
"""
DOTPROMPT = """\
---
model: googleai/gemini
config: {topP: 0.9}
input:
  schema:
    tone?(enum): [calm, loud]
    items(array): string
    user(object):
      name: string
output:
  schema:
    label: string, the label
---
{{role "system"}}
Be {{tone}}, {% raw %}.
{{role "user"}}
{{#each items}}
- {{this}}
{{/each}}
{{#unless tone}}no{{else}}yes{{/unless}} {{user.name}} {{! note }}
"""
GITHUB = """\
name: Sum
model: openai/gpt-4o
modelParameters: {temperature: 0.2}
messages:
  - {role: system, content: "Use {% literally %}"}
  - {role: user, content: "{{input}} {x}"}
"""


def made(text, name):
    fields = convert(text, name).fields()
    return Prompt.model_validate(
        {"id": "a", "version": "1.0.0", "title": "A", "intent": "x-a", **fields}
    )


def test_roles_variables_and_parameters_come_along():
    prompty = made(PROMPTY, "a.prompty")
    assert prompty.output.schema_ == {
        "type": "object",
        "properties": {"mood": {"type": "string", "description": "How it sounds"}},
        "required": ["mood"],
    }
    assert prompty.params == {"temperature": 0.5, "max_tokens": 100}
    assert render(prompty, {"question": "Why?"}).texts() == (
        ("system", "Help Jane."),
        ("user", "Why?"),
    )
    dotprompt = made(DOTPROMPT, "a.prompt")
    assert dotprompt.variables["tone"].enum == ("calm", "loud")
    assert dotprompt.output.schema_["properties"]["label"]["description"] == "the label"
    values = {"tone": "calm", "items": ["x", "y"], "user": {"name": "Al"}}
    assert render(dotprompt, values).texts() == (
        ("system", "\nBe calm, {% raw %}.\n"),
        ("user", "\n- x\n- y\nyes Al "),
    )
    github = made(GITHUB, "a.prompt.yml")
    assert render(github, {"input": "{{hi}}"}).texts() == (
        ("system", "Use {% literally %}"),
        ("user", "{{hi}} {x}"),
    )


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.prompty", "---\ninputs:\n  - {name: c, kind: thread}\n---\n{{c}}", "kind thread"),
        ("a.prompty", "---\ntools: [{name: t}]\n---\nhi", "tools"),
        ("a.prompty", "---\nmodel: {options: {odd: 1}}\n---\nhi", "the parameter odd"),
        ("a.prompty", "{{ a() }}", "template"),
        ("a.prompty", "---\ninputs: [x]\n---\nhi", "declarations"),
        ("a.prompty", "---\nname: [\n---\n", "not YAML"),
        ("a.prompt", "{{history}}", "history"),
        ("a.prompt", "{{>header}}", "header"),
        ("a.prompt", "{{#if a}}x", "not closed"),
        ("a.prompt", "{{media url=x}}", "media"),
        ("a.prompt.yml", "messages: []\n", "no message"),
        ("a.prompt.yml", "messages: 3\n", "no list of messages"),
    ],
)
def test_what_our_files_cannot_say_is_refused(name, text, reason):
    with pytest.raises(ImportFormatError, match=reason):
        convert(text, name)


def test_a_folder_of_foreign_prompts_is_imported(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for name, text in (
        ("a.prompty", PROMPTY),
        ("b.prompt", DOTPROMPT),
        ("c.prompt.yml", GITHUB),
        ("d.prompt", "{{history}}"),
        ("e.txt", "Say {{this}} word for word."),
        ("f.png", ""),
    ):
        (source / name).write_text(text)
    report = import_collection(source, tmp_path / "out")
    assert [path.name for path in report.files] == [
        "basic-prompt.prompt.yaml",
        "b.prompt.yaml",
        "sum.prompt.yaml",
        "e.prompt.yaml",
    ]
    assert report.literal == 1
    assert [where for where, _ in report.failed] == [str(source / "d.prompt")]
    assert (report.skipped, report.others) == ((), 1)
    prompt = load_prompt(report.files[0]).prompt
    assert prompt.title == "Basic Prompt"
    assert set(prompt.variables) == {"firstName", "question"}
    assert import_collection(source, tmp_path / "out").files == report.files


def test_dotprompt_vectors_render_the_same(data):
    same = 0
    for name in ("variables", "whitespace", "unicode", "role"):
        for case in yaml.safe_load((data / f"formats/dotprompt/{name}.yaml").read_text()):
            if "messages" in case.get("data", {}):
                continue  # a conversation, which is the caller's to add
            try:
                converted = convert(case["template"], "a.prompt")
            except ImportFormatError:
                continue
            for test in case["tests"]:
                values = test.get("data", {}).get("input", {})
                if not all(isinstance(values.get(key), str) for key in converted.variables):
                    continue
                prompt = made(case["template"], "a.prompt")
                expected = tuple(
                    (turn["role"].replace("model", "assistant"), turn["content"][0]["text"])
                    for turn in test["expect"]["messages"]
                )
                used = {key: values[key] for key in prompt.variables}
                assert render(prompt, used).texts() == expected, case["name"]
                same += 1
    assert same > 40


def test_picoschema_vectors(data):
    compared = 0
    for case in yaml.safe_load((data / "formats/dotprompt/picoschema.yaml").read_text()):
        if "schemas" in case or case.get("tests", [{}])[0].get("options"):
            continue  # names that a program registers
        for test in case["tests"]:
            expected = test["expect"].get("output", {}).get("schema")
            written = yaml.safe_load(case["template"].split("---")[1])["output"]["schema"]
            if expected is not None:
                assert json_schema(written) == expected, case["name"]
                compared += 1
    assert compared > 10
