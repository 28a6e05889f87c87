"""promptfoo configurations as prompts, golden sets and evals; what cannot be had is told."""

import json
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.clock import system_clock
from promptops.errors import ImportFormatError
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target
from promptops.golden.loading import load_golden
from promptops.llm.scripted import ScriptedChat
from promptops.operations.promptfoo import import_promptfoo
from promptops.prompts.formats.promptfoo import is_promptfoo, model_id, read_suite
from promptops.prompts.formats.promptfoo_tests import assertion_of
from promptops.prompts.registry import Registry
from promptops.scoring import load_scorers

CONFIG = """\
description: Support answers
providers:
  - openai:chat:gpt-5-mini
  - id: python:run.py
    config: {temperature: 0}
prompts:
  - "Answer {{question}} in a {{tone}} tone."
  - file://prompts/chat.json
  - id: file://prompts/many.txt
    label: Short
  - file://prompts/gen.py:create
  - "{{ question | dump }}"
  - "{% set x = 1 %}{{ x }}"
defaultTest:
  vars: {tone: plain}
  options: {provider: "openai:gpt-5-mini"}
  assert:
    - {type: not-icontains, value: as an ai}
    - $ref: '#/assertionTemplates/short'
assertionTemplates:
  short: {type: word-count, value: {max: 60}}
tests:
  - description: Returns
    vars: {question: "How long can I return {{thing}}?", thing: a tent, answer: 30 days}
    assert:
      - {type: contains, value: "{{answer}}", weight: 2}
      - {type: javascript, value: "output.length < 100"}
  - vars:
      question: [Where is my parcel?, Where is my order?]
    threshold: 0.5
    assert:
      - {type: icontains, value: number}
      - {type: latency, threshold: 5000}
  - file://data/tests.csv
  - file://data/more.yaml
  - file://data/lines.jsonl
  - https://example.com/sheet
  - file://../outside.csv
redteam: {}
"""
FILES = {
    "promptfooconfig.yaml": CONFIG,
    "prompts/chat.json": json.dumps(
        [
            {"role": "system", "content": "You are {{tone}}."},
            {"role": "user", "content": "{{question}}"},
        ]
    ),
    "prompts/many.txt": "Reply to: {{question}}\n---\nReply shortly: {{question}}\n",
    "prompts/gen.py": "def create(context): ...",
    "data/tests.csv": (
        "question,tone,__expected,__expected2,__description,__metadata:area\n"
        'Do you ship to Norway?,formal,icontains: yes,"contains-any: Norway,Norge",Shipping,ship\n'
        "What is 6*7?,plain,42,similar(0.6):forty-two,Math,\n"
        "Code,plain,python: len(output) < 5,,,\n"
    ),
    "data/more.yaml": """\
- vars: {question: Give JSON}
  options: {disableDefaultAsserts: true}
  assert: [{type: is-json, value: file://data/schema.json}]
- vars: {question: x}
  options: {transform: output.trim()}
  assert: [{type: equals, value: x}]
- vars: {question: y}
  options: {disableDefaultAsserts: true}
""",
    "data/schema.json": '{"type": "object", "required": ["a"]}',
    "data/lines.jsonl": json.dumps(
        {"vars": {"question": "z"}, "assert": [{"type": "regex", "value": "z"}]}
    ),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "foo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "foo" / "promptfooconfig.yaml"


def test_a_whole_configuration_becomes_prompts_and_a_golden_set(config, tmp_path):
    report = import_promptfoo(config, tmp_path / "ws")
    prompts = {
        f.prompt.id: f.prompt
        for f in Registry(tmp_path / "ws/prompt_registry/prompts").load_all()[0]
    }
    assert sorted(prompts) == ["chat", "short-1", "short-2", "support-answers"]
    chat = prompts["chat"]
    assert [(m.role, m.content) for m in chat.messages] == [
        ("system", "You are {{tone}}."),
        ("user", "{{question}}"),
    ]
    assert {name: v.required for name, v in chat.variables.items()} == {
        "question": True,
        "tone": True,
    }
    assert chat.evals[0].dataset == prompts["support-answers"].evals[0].dataset
    golden = load_golden(tmp_path / "ws" / chat.evals[0].dataset)
    assert report.cases == 2 * len(golden)  # the prompts without a tone have a set of their own
    cases = {case.id: case for case in golden.cases}
    assert list(cases) == [
        *("Returns", "test-002", "test-003", "Shipping", "Math", "test-006", "test-007"),
        "test-008",
    ]
    assert cases["Returns"].inputs == {"question": "How long can I return a tent?", "tone": "plain"}
    assert cases["Returns"].assertions == (
        {"type": "not-icontains", "value": "as an ai"},
        {"type": "word-count", "value": {"max": 60}},
        {"type": "contains", "value": "30 days", "weight": 2},
    )
    (together,) = cases["test-003"].assertions
    assert (together["type"], together["threshold"]) == ("assert-set", 0.5)
    assert cases["test-003"].inputs["question"] == "Where is my order?"
    assert cases["Math"].expected == "42"
    assert cases["Shipping"].tags == ("area:ship",)
    assert cases["test-007"].assertions[0]["value"] == {"type": "object", "required": ["a"]}


TOLD = {
    "a program": ("prompt 4", "is a program"),
    "a filter we lack": ("prompt 5", 'no filter is called "dump"'),
    "a statement we lack": ("prompt 6", "{% set %}"),
    "JavaScript": ("test 1", '"javascript" is not supported'),
    "Python code": ("tests.csv:4", "code of a configuration is not run"),
    "a transform": ("more.yaml test 2", "`transform`"),
    "a test without assertions": ("more.yaml test 3", "no assertion can be checked"),
    "a service": ("test 6", "https://example.com/sheet"),
    "a file outside": ("test 7", "outside.csv: no such file"),
    "the judge": ("defaultTest", "llm.judge"),
    "a value for assertions": ("promptfooconfig.yaml", '"answer" is in no prompt'),
    "settings of a model": ("promptfooconfig.yaml", "its `config` is not imported"),
    "a key": ("promptfooconfig.yaml", "`redteam` is not imported"),
    "a model": ("promptfooconfig.yaml", "promptops evaluate --model openai/gpt-5-mini"),
    "a provider that is code": (
        "promptfooconfig.yaml",
        "provider python:run.py: it is not imported",
    ),
}


@pytest.mark.parametrize(("where", "text"), TOLD.values(), ids=TOLD)
def test_what_is_not_imported_is_told(config, tmp_path, where, text):
    notes = import_promptfoo(config, tmp_path / "ws").notes
    assert [n for n in notes if n.where.endswith(where) and text in n.text]


def test_importing_again_changes_nothing_and_overwrites_nothing(config, tmp_path):
    first = import_promptfoo(config, tmp_path / "ws")
    again = import_promptfoo(config, tmp_path / "ws")
    assert (again.prompts.files, again.golden, again.kept) == (
        first.prompts.files,
        first.golden,
        (),
    )
    mine = first.golden[0]
    mine.write_text('{"id": "mine", "expected": 1}\n')
    assert import_promptfoo(config, tmp_path / "ws").kept == (mine,)
    assert "mine" in mine.read_text()


def test_what_was_imported_is_measured_as_promptfoo_would(config, tmp_path):
    """Round trip: the prompts run on their golden sets, and the assertions decide."""
    import_promptfoo(config, tmp_path / "ws")
    file = Registry(tmp_path / "ws/prompt_registry/prompts").get("chat")
    golden = load_golden(tmp_path / "ws" / file.prompt.evals[0].dataset)
    chat = ScriptedChat(
        {
            "a tent": "Within 30 days.",
            "parcel": "As an AI I cannot see it.",
            "order": "Give me its number.",
            "Norway": "Yes, to Norway.",
            "JSON": '{"a": 1}',
            "": "z",
        }
    )
    evaluator = Evaluator(
        chat, None, fingerprint=lambda _: "", clock=system_clock, code_version="test"
    )
    # No embedder: "Math" needs one and fails by itself.
    scorers = load_scorers(file.prompt.evals[0].metrics)

    async def run():
        return await evaluator.run(
            file.prompt, golden, target=Target(model="m"), scorers=scorers, record=False
        )

    result = anyio.run(run)
    assert result.values("assertions") == {
        "Returns": 1,
        "test-002": 1,  # half of its assertions hold, and half is enough
        "test-003": 1,
        "Shipping": 1,
        "test-006": 1,
        "test-007": 1,
        "test-008": 1,
    }
    assert result.values("assertion_score")["test-002"] == pytest.approx(0.5)
    (failed,) = result.failures
    assert failed.case_id == "Math"
    assert "needs an embedder" in failed.error


CELLS = {
    "Paris": {"type": "equals", "value": "Paris"},
    "contains: Paris": {"type": "contains", "value": "Paris"},
    "not-contains:x": {"type": "not-contains", "value": "x"},
    "contains-any: a, b": {"type": "contains-any", "value": ["a", "b"]},
    "similar:hi": {"type": "similar", "value": "hi", "threshold": 0.8},
    "similar(0.5):hi": {"type": "similar", "value": "hi", "threshold": 0.5},
    "levenshtein(3): hello": {"type": "levenshtein", "value": "hello", "threshold": 3.0},
    "is-json": {"type": "is-json"},
    "grade: polite": {"type": "llm-rubric", "value": "polite"},
    "fn: output > 1": {"type": "javascript", "value": "output > 1"},
    "file://check.py": {"type": "python", "value": "file://check.py"},
    "note: this is text": {"type": "equals", "value": "note: this is text"},
    "cost": {"type": "equals", "value": "cost"},
    "equals:": {"type": "equals"},
    "latency(500)": {"type": "latency", "threshold": 500.0},
}


@pytest.mark.parametrize(("cell", "assertion"), CELLS.items(), ids=CELLS)
def test_cells_of_expected_columns(cell, assertion):
    assert assertion_of(cell) == assertion


@given(st.text(max_size=60))
def test_every_cell_means_an_assertion(cell):
    assert isinstance(assertion_of(cell)["type"], str)


BROKEN = {
    "another YAML": ("- a\n", "no promptfoo configuration"),
    "not YAML": ("prompts: [\n", "not YAML"),
    "only programs": ("prompts: [file://a.py]\n", "no prompt could be imported"),
    "a number for prompts": ("prompts: 5\ntests: [7]\n", "`prompts` is neither a text nor a list"),
    "prompts twice": ("prompts: [a]\nprompts: [b]\n", '"prompts" appears twice'),
    "a tag that makes an object": (
        "prompts: [a]\ntests: !!python/object/apply:os.getcwd []\n",
        'the YAML tag "!!python/object/apply:os.getcwd" is refused',
    ),
    "a tag of its own": ("prompts: [!secret a]\n", 'the YAML tag "!secret" is refused'),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_configuration_without_a_prompt_is_refused(tmp_path, text, message):
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text(text)
    with pytest.raises(ImportFormatError, match=message):
        import_promptfoo(path, tmp_path / "ws")


def test_a_configuration_is_known_by_name_or_keys(tmp_path):
    for name, text, known in (
        ("promptfooconfig.yaml", "", True),
        ("promptfooconfig.support.yml", "", True),
        ("evals.yaml", "prompts: [a]\nproviders: [b]\n", True),
        ("notes.yaml", "prompts: [a]\n", False),
        ("broken.yaml", "a: [\n", False),
        ("prompts.csv", "prompts,tests\n", False),
    ):
        path = tmp_path / name
        path.write_text(text)
        assert is_promptfoo(path) is known, name


LEFT_OUT = {
    "equals without a value": "{type: equals}",
    "not-equals without a value": "{type: not-equals}",
    "equals without a value in a set": "{type: assert-set, assert: [{type: equals}]}",
    "no mapping": "5",
    "no mapping in a set": "{type: assert-set, assert: [5]}",
    "a reference to nothing": "{$ref: '#/none'}",
    "a file that is not there": "{type: contains, value: file://none.txt}",
    "a value that the test does not set": "{type: contains, value: '{{none}}'}",
}


@pytest.mark.parametrize("assertion", LEFT_OUT.values(), ids=LEFT_OUT)
def test_an_assertion_is_left_out_alone_and_its_case_is_marked(tmp_path, assertion):
    path = tmp_path / "promptfooconfig.yaml"
    test = "{vars: {a: [x, z]}, assert: [%s{type: contains, value: y}]}"
    default = f"defaultTest: {{assert: [{assertion}]}}\n"
    for head, own, marked in (("", f"{assertion}, ", True), (default, "", False)):
        path.write_text(f"prompts: ['{{{{a}}}}']\n{head}tests: [{test % own}]\n")
        report = import_promptfoo(path, tmp_path / str(marked))
        first, second = load_golden(report.golden[0]).cases
        assert first.assertions == second.assertions == ({"type": "contains", "value": "y"},)
        assert (first.tags, second.tags) == ((("incomplete",) if marked else (),) * 2)
        told = [note.text for note in report.notes if note.where.endswith("test 1")]
        assert told[0].startswith("an assertion is left out: ")
        assert len(told) == 1 + marked


def test_settings_of_promptfoo_itself_are_told(tmp_path):
    path = tmp_path / "promptfooconfig.yaml"
    keys = ("evaluateOptions", "sharing", "outputPath", "tags", "commandLineOptions")
    path.write_text("prompts: [a]\n" + "".join(f"{key}: x\n" for key in keys))
    told = [note.text for note in import_promptfoo(path, tmp_path / "ws").notes]
    assert told == [f"`{key}` is not imported" for key in keys]


def test_a_prompt_alone_has_no_eval(tmp_path):
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text("prompts: ['Name {{thing}}.']\n")
    report = import_promptfoo(path, tmp_path / "ws")
    assert report.golden == ()
    assert "evals" not in report.prompts.files[0].read_text()


def test_without_prompts_the_test_gives_the_prompt(tmp_path):
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text("tests: [{vars: {prompt: Hello}, assert: [{type: contains, value: H}]}]\n")
    report = import_promptfoo(path, tmp_path / "ws")
    assert load_golden(report.golden[0]).cases[0].inputs == {"prompt": "Hello"}


def test_values_of_several_types_are_texts(tmp_path):
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text(
        "prompts: ['{{n}} {{m}}']\n"
        "tests:\n"
        "  - {vars: {n: 1, m: 1}, assert: [{type: contains, value: 1}]}\n"
        "  - {vars: {n: two}, assert: [{type: contains, value: two}]}\n"
    )
    report = import_promptfoo(path, tmp_path / "ws")
    file = Registry(tmp_path / "ws/prompt_registry/prompts").load_all()[0][0]
    assert file.prompt.variables["n"].type == "string"
    assert (file.prompt.variables["m"].type, file.prompt.variables["m"].required) == (
        "integer",
        False,
    )
    assert [case.inputs for case in load_golden(report.golden[0]).cases] == [
        {"n": "1", "m": 1},
        {"n": "two"},
    ]


def test_links_do_not_lead_outside(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "foo"
    folder.mkdir()
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    path = folder / "promptfooconfig.yaml"
    path.write_text("prompts: [file://a.txt, file://../secret.txt, b]\n")
    suite = read_suite(path)
    assert [prompt.messages for prompt in suite.prompts] == [(("user", "b"),)]
    assert sum("outside" in note.text for note in suite.notes) == 2


MODELS = {
    "openai:gpt-5-mini": "openai/gpt-5-mini",
    "openai:chat:gpt-5-mini": "openai/gpt-5-mini",
    "anthropic:messages:claude-sonnet-4-6": "anthropic/claude-sonnet-4-6",
    "google:gemini-2.5-pro": "gemini/gemini-2.5-pro",
    "file://provider.yaml": "",
    "python:run.py": "",
    "echo": "",
}


@pytest.mark.parametrize(("provider", "model"), MODELS.items(), ids=MODELS)
def test_providers_as_model_ids(provider, model):
    assert model_id(provider) == model
