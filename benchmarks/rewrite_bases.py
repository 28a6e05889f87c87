"""Prompts as organizations write them for big models, for `rewrite_quality`; fixed beforehand.

Each is a real task with solved cases (facility e-mails, Banking77, CLINC150, tasks of SAMMO and
BIG-Bench Hard, Presidio, documents with questions) in a base wording of one of three manners. The
frames are ours, after the structure that each vendor's own guide to prompting recommends: XML
sections, an ``<examples>`` section and steps to think through (Anthropic); headings from "Role and
Objective" to "Final Instructions", with rules as bullets (OpenAI); role, constraints and examples
behind prefixes, the question last (Google). Instructions of SAMMO and the whole prompt of promptpex
are taken as their authors wrote them. Examples are drawn from the pool and never held out. Frames
and tasks were written before any result was seen.

Run: python benchmarks/rewrite_bases.py [NAME]    # what there is, or one prompt
"""

import functools
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import shorter_tasks
from optimize_scoring import LabelScorer
from optimize_sources import DATA
from optimize_tasks import Task
from rewrite_frames import CLAUDE_SHOT, CLAUDE_SHOTS, EXTRACT, FRAMES, GPT_FREE, GPT_JSON, QUESTIONS
from rewrite_tasks import (
    HOME,
    TRANSFERS,
    TRAVEL,
    WORK,
    banking_rows,
    chosen_shots,
    clinc_rows,
    known_task,
    new_task,
)

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.prompts.loader import load_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal
from promptops.scoring import Score, Scorer, load_scorer
from promptops.scoring.scorers.label_match import schema_labels

ROOT = Path(__file__).absolute().parents[1]
WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base wording and what to measure it on.

    Args:
        name: The task's name.
        style: Whose manner it is written in.
        prompt: The prompt as it stands.
        bare: Its instructions without the examples, for peers that format examples themselves.
        shots: The examples in it.
        labels: The closed label set; empty when answers are free.
        metric: Name of the scorer.
        dev: Cases to choose steps by.
        test: Held-out cases.
    """

    name: str
    style: str
    prompt: Prompt
    bare: str
    shots: tuple[GoldenCase, ...]
    labels: tuple[str, ...]
    metric: str
    dev: tuple[GoldenCase, ...]
    test: tuple[GoldenCase, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(self.prompt.variables)

    def score(self, case: GoldenCase, answer: str) -> float:
        """How good an answer is, from 0 to 1."""
        given = self._scorer().score(
            answer=answer, case=case, expected=case.expected, prompt=self.prompt
        )
        assert isinstance(given, Score), "these scorers ask no model"
        return given.value

    def _scorer(self) -> Scorer:
        inner = load_scorer(self.metric)
        return LabelScorer(inner, self.labels) if self.labels else inner


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a frame says of a task.

    Args:
        task: The task in a sentence or two.
        thing: What comes in, such as ``e-mail``.
        noun: What goes out, such as ``urgency``.
        role: Who the model is told to be.
        purpose: Why the organization asks.
        nouns: The plural of ``noun``.
    """

    task: str
    thing: str
    noun: str
    role: str
    purpose: str
    nouns: str


@functools.cache
def bases() -> dict[str, Base]:
    """All base wordings by name.

    Raises:
        FileNotFoundError: The data is not there.
    """
    made = [
        *_mails(),
        *_intents(),
        *_judged(),
        _kind(),
        _personal_data(),
        _grounded(),
        *_real(),
        *_workspace(),
    ]
    return {base.name: base for base in made}


def _mails() -> Iterable[Base]:
    role = "an experienced support agent of ProCare Facility Solutions"
    purpose = "Your decisions make sure that every customer is served in time."
    yield _framed(
        known_task("facility-urgency"),
        "claude",
        Words(
            task="Decide how urgent the e-mail of a customer is. An e-mail is high when something "
            "is broken, unsafe or needed at once, medium when it can wait for some days, and low "
            "when it is a question or a plan for later.",
            thing="e-mail", noun="urgency", nouns="urgency levels", role=role, purpose=purpose,
        ),
        shots=3,
    )  # fmt: skip
    yield _framed(
        known_task("facility-sentiment"),
        "gpt",
        Words(
            task="Determine the sentiment of the e-mail that a customer sent us.",
            thing="e-mail", noun="sentiment", nouns="sentiments", role=role, purpose=purpose,
        ),
        shots=3,
    )  # fmt: skip


def _intents() -> Iterable[Base]:
    def words(thing: str, where: str) -> Words:
        return Words(
            task=f"Find out what the user of {where} wants and name the intent.",
            thing=thing, noun="intent", nouns="intents",
            role=f"an expert in understanding the users of {where}",
            purpose="Your answer decides which team or function takes over.",
        )  # fmt: skip

    yield _framed(known_task("banking-8"), "claude", words("message", "a mobile bank"), shots=8)
    yield _framed(
        known_task("clinc-10"), "gpt-json", words("request", "a banking assistant"), shots=5
    )
    transfers = new_task("banking-transfers", *banking_rows(TRANSFERS))
    yield _framed(transfers, "gpt", words("message", "a mobile bank"), shots=8)
    travel = new_task("clinc-travel", *clinc_rows(TRAVEL))
    yield _framed(travel, "gemini", words("request", "a travel assistant"), shots=10)
    work = new_task("clinc-work", *clinc_rows(WORK))
    yield _framed(work, "claude", words("question", "a help desk for employees"), shots=0)
    home = new_task("clinc-home", *clinc_rows(HOME))
    yield _framed(home, "gpt-json", words("command", "a smart speaker"), shots=0)


def _judged() -> Iterable[Base]:
    yield _framed(
        known_task("implicatures"),
        "gemini",
        Words(
            task="Does Speaker 2's answer mean yes or no?", thing="conversation", noun="answer",
            nouns="answers", role="a linguist who studies indirect answers",
            purpose="You help to label a collection of conversations.",
        ),
        shots=4,
    )  # fmt: skip
    yield _framed(
        known_task("sports-understanding"),
        "gpt",
        Words(
            task="Determine whether the following statement or statements are plausible or "
            "implausible.", thing="statement", noun="verdict", nouns="verdicts",
            role="a sports editor", purpose="You check reports before they are published.",
        ),
        shots=4,
    )  # fmt: skip
    yield _framed(
        known_task("causal-judgement"),
        "claude",
        Words(
            task="Answer the question about causation as a typical person would answer it.",
            thing="story", noun="answer", nouns="answers",
            role="a researcher of everyday reasoning",
            purpose="You help to find out how people judge causes.",
        ),
        shots=2,
    )  # fmt: skip


def _kind() -> Base:
    """Which kind of personal data a text holds: a part of the task of `_personal_data`."""
    known = known_task("extract-json")

    def only_kind(case: GoldenCase) -> GoldenCase:
        return replace(case, expected=_fields(case)["kind"])

    labels = ("person", "place", "address", "credit card", "e-mail", "phone", "age")
    task = replace(
        known, name="personal-data-kind", metric="label_match", labels=labels, max_tokens=32,
        pool=tuple(map(only_kind, known.pool)), test=tuple(map(only_kind, known.test)),
    )  # fmt: skip
    words = Words(
        task="Name the kind of personal data that the text holds.", thing="text", noun="kind",
        nouns="kinds", role="a privacy officer",
        purpose="Your answers decide how a document is protected.",
    )  # fmt: skip
    return _framed(task, "gemini", words, shots=7)


def _personal_data() -> Base:
    known = known_task("extract-json")
    kinds = ["person", "place", "address", "credit card", "e-mail", "phone", "age"]
    schema = {
        "type": "object",
        "required": ["kind", "value"],
        "properties": {
            "kind": {"type": "string", "enum": kinds},
            "value": {"type": "string", "maxLength": 120},
        },
    }
    shots = chosen_shots(known.pool, 3)
    text = "\n".join(
        CLAUDE_SHOT.format(text=each.inputs["text"], answer=_json(each.expected)) for each in shots
    )
    system = EXTRACT + CLAUDE_SHOTS.format(shots=escape_literal(text))
    user = "<text>\n{{ text }}\n</text>\n\nThink step by step, then return the JSON object."
    return _base(known, "claude", system, user, bare=EXTRACT, shots=shots, schema=schema)


def _grounded() -> Base:
    user = "<question>{{ question }}</question>\n\n<context>\n{{ context }}\n</context>"
    return _base(known_task("grounded"), "gpt", QUESTIONS, user, bare=QUESTIONS, shots=())


def _real() -> Iterable[Base]:
    """Prompts that are taken whole, as their authors wrote them."""
    told = "sammo_instruction_tuning_splits.json"
    rows = json.loads((DATA / "intel/optim" / told).read_text(encoding="utf-8"))
    instructions = next(each for each in rows if each["task_id"] == "vitaminc_fact_verification")
    text = instructions["instructions"].strip()
    known = known_task("vitaminc-fact-verification")
    yield _base(known, "sammo", text, "{{ text }}", bare=text, shots=())
    tag = next(each for each in shorter_tasks.tasks() if each.prompt.id == "speech-tag")
    schema = tag.prompt.output.schema_ if tag.prompt.output else {}
    cases = tag.golden.cases
    task = Task(
        name="speech-tag", instruction="", user="{{ text }}", metric="label_match",
        labels=tuple(schema["enum"]), max_tokens=32, pool=cases[: len(cases) // 3],
        test=cases[len(cases) // 3 :],
    )  # fmt: skip
    system = tag.prompt.messages[0].content
    yield _base(task, "promptpex", system, "{{ text }}", bare=system, shots=())


def _workspace() -> Iterable[Base]:
    """Prompts of the sample workspace with a label set, as they are; every other case held out."""
    for file in sorted((ROOT / "prompt_registry" / "prompts").rglob("*.prompt.yaml")):
        prompt = load_prompt(file).prompt.model_copy(update={"variants": ()})
        labels = schema_labels(prompt)
        if not labels or prompt.evals[0].metrics.keys() != {"label_match"}:
            continue
        lines = (ROOT / prompt.evals[0].dataset).read_text(encoding="utf-8").splitlines()
        cases = tuple(
            GoldenCase(id=row["id"], inputs=row["inputs"], expected=row["expected"])
            for row in map(json.loads, lines)
        )
        yield Base(
            name=prompt.id, style=WORKSPACE, prompt=prompt, bare=prompt.messages[0].content,
            shots=(), labels=labels, metric="label_match", dev=cases[::2], test=cases[1::2],
        )  # fmt: skip


def _framed(task: Task, style: str, words: Words, *, shots: int) -> Base:
    frame, shots_frame, shot_frame, gap, user = FRAMES[style]
    chosen = chosen_shots(task.pool, shots)
    is_json = style == "gpt-json"

    def answer(case: GoldenCase) -> str:
        return _json({"label": case.expected}) if is_json else str(case.expected)

    told = {
        **{name: getattr(words, name) for name in Words.__slots__},
        "Thing": words.thing.capitalize(),
        "Noun": words.noun.capitalize(),
        "Nouns": words.nouns.capitalize(),
        "tag": words.thing.replace("-", ""),
        "list_tag": words.nouns.replace(" ", "_"),
        "bullets": "\n".join(f"- {label}" for label in task.labels),
        "commas": ", ".join(task.labels),
    }
    told["format"] = (GPT_JSON if is_json else GPT_FREE).format(**told)
    bare = frame.format(**told)
    text = gap.join(
        shot_frame.format(text=case.inputs["text"], answer=answer(case), number=number, **told)
        for number, case in enumerate(chosen, 1)
    )
    system = bare + (shots_frame.format(shots=escape_literal(text)) if chosen else "")
    schema = None
    if is_json:
        label = {"type": "string", "enum": list(task.labels)}
        schema = {"type": "object", "required": ["label"], "properties": {"label": label}}
    return _base(
        task, style, system, user.format(**told), bare=bare, shots=chosen, schema=schema
    )  # fmt: skip


def _base(
    task: Task,
    style: str,
    system: str,
    user: str,
    *,
    bare: str,
    shots: tuple[GoldenCase, ...],
    schema: Mapping[str, JSON] | None = None,
) -> Base:
    prompt = Prompt.model_validate(
        {
            "id": task.name,
            "version": "1.0.0",
            "title": task.name.replace("-", " "),
            "intent": "classify" if task.labels else "extract",
            "variables": {name: {"trust": "untrusted"} for name in task.variables},
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "model": {"params": {"temperature": 0, "max_tokens": task.max_tokens}},
            **({"output": {"schema": schema}} if schema else {}),
        }
    )
    return Base(
        name=task.name, style=style, prompt=prompt, bare=bare, shots=shots, labels=task.labels,
        metric=task.metric, dev=tuple(case for case in task.pool if case not in shots),
        test=task.test,
    )  # fmt: skip


def _fields(case: GoldenCase) -> Mapping[str, JSON]:
    assert isinstance(case.expected, Mapping)
    return case.expected


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    for base in bases().values():
        if base.name in sys.argv[1:]:
            for message in base.prompt.messages:
                print(f"--- {message.role}\n{message.content}")
        print(
            f"{base.name:28} {base.style:10} {len(base.shots):2} shots  {len(base.dev):3} dev  "
            f"{len(base.test):3} test"
        )


if __name__ == "__main__":
    main()
