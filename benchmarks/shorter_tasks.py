"""Verbose task prompts with golden cases, for `shorter.py`; fixed before any result was seen.

Each task is a real one (SAMMO, BIG-Bench Hard, facility e-mails, banking and assistant intents,
promptpex): its instruction, its labels, solved cases, and four shots written into the text. Around
them stands what people write around instructions: one of three frames of ours, in the manners of a
business template, a polite chat user and a tutorial, or the commonest lines of the fabric
collection. The prompt of promptpex is taken whole, as its authors wrote it. Data is read where
``PROMPTOPS_DATA`` points to (default: ``../shared/data``).

Run: python benchmarks/shorter_tasks.py [TASK]    # what there is, or one prompt
"""

import csv
import hashlib
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from promptops.golden.case import GoldenCase, GoldenSet
from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")).absolute() / "intel"
CASES = 200
_SHOTS = 4
_LONGEST = 1000  # characters of an input: the model's window is small

_OWN = r"[{}#:]|TELOS|section|person|list|INPUT|[A-Z]{8}"
"""What lines of one pattern's own matter hold."""

Row = tuple[str, str]
"""Input and expected label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A verbose prompt and the cases to measure it on.

    Args:
        prompt: The prompt.
        golden: Its cases.
        frame: Who wrote it, or what we put around it.
        metric: The scorer that counts.
    """

    prompt: Prompt
    golden: GoldenSet
    frame: str
    metric: str = "label_match"

    def first(self, cases: int) -> "Task":
        """The task with so many cases at most."""
        golden = replace(self.golden, cases=self.golden.cases[:cases])
        return replace(self, golden=golden)


_BUSINESS = """# Role and Purpose

You are a highly skilled and experienced AI assistant. You are an expert in {field}, and you have been
working in the field of {field} for many years. Your primary responsibility is to help our team by
providing accurate, reliable and consistent results at all times.

# Background and Context

In this document you will find all of the information that you need in order to complete the task.
Our organization receives a large number of inputs on a daily basis, and it is very important for us
that each and every one of them is handled in a consistent manner. Please read the following
instructions carefully before you begin.

# Task Description

{instruction}

# Input Description

You will be provided with an input by the user. The input is a piece of text. The input text will be
given to you in the message of the user, and you should read it carefully from the beginning to the
end.

# Possible Answers

The list of possible answers is as follows: {labels}.

# Examples

Here are some examples that will help you to understand the task better:

{shots}

# Output Requirements

- Make sure to provide your answer in the required output format.
- The answer should be one of the possible answers that are listed above: {labels}.
- Ensure that your answer is accurate, precise and well thought out.
- Do not add an explanation.
- It is important to note that consistency is absolutely essential for our downstream processes.

# Final Notes

Please make sure that you follow all of the instructions above. Thank you very much for your help!
"""  # noqa: E501

_POLITE = """Hello! I hope you are doing well today. I would really like you to help me with something that is
very important to me, and I would be extremely grateful for your support.

So, what I need you to do is the following. {instruction} I will be giving you the text in my next
message, and I would like you to please take your time, think about it carefully, and then give me
your answer.

Just so that you know what kind of answers I am looking for, the answer can be any one of these:
{labels}. Please choose the one that you think fits best. If you are not completely sure, please just
go with the answer that seems to be the most likely one to you, to the best of your ability.

To make it a little bit easier for you, I have also prepared a couple of examples of what I have in
mind. Here they are:

{shots}

As you can see from the examples above, the answer is always really short, and there is no need to
explain it. Please remember to only give me one of the answers that I mentioned earlier ({labels}).

I know that you are a very smart and capable assistant, and I am sure that you will do a great job.
Take a deep breath and work on this step by step. Thank you so much in advance, I truly appreciate
your time and your effort!
"""  # noqa: E501

_TUTORIAL = """You are a helpful assistant that is designed to help users with {field}.

## What is this about?

In this prompt we will look at a task from the area of {field}. First of all, we will describe what
the task is, then we will show you some examples, and in the end we will explain what we expect from
you as the output.

## The task

{instruction}

This means that you have to look at the input, understand what it means, and decide which one of the
answers is the right one. The possible answers are {labels}, and every input has exactly one answer.

## How to solve the task

1. Read the input carefully, and make sure that you understand every part of it.
2. Think about what the task is asking for, and keep the description of the task in mind.
3. Take into consideration all of the details of the input that are relevant for the decision.
4. Compare the input with the examples that are given below.
5. Make a decision about which answer is the most appropriate one.
6. Double-check your decision, and make sure that you are confident about it.

## Some examples

Let us take a look at some examples in order to make things clear:

{shots}

## What we expect

We expect that you answer with one of the possible answers ({labels}). Keep in mind that the answer
needs to be correct. Let's think step by step, and do your best!
"""

_FRAMES = {"business": _BUSINESS, "polite": _POLITE, "tutorial": _TUTORIAL}


def tasks() -> Iterator[Task]:
    """All tasks.

    Raises:
        FileNotFoundError: The data is not there.
    """
    frames = [*_FRAMES, "fabric"]
    for number, (name, field, instruction, rows) in enumerate(_raw()):
        yield _framed(name, field, instruction, drawn(name, rows), frames[number % len(frames)])
    yield speech_tag()


def _raw() -> Iterator[tuple[str, str, str, list[Row]]]:
    sammo = {each["task_id"]: each for each in _json("optim/sammo_instruction_tuning_splits.json")}
    fields = {
        "implicatures": "conversations", "metaphor_boolean": "figurative language",
        "navigate": "directions", "presuppositions_as_nli": "logic and language",
        "sports_understanding": "sports", "vitaminc_fact_verification": "fact checking",
        "winowhy": "pronouns",
    }  # fmt: skip
    for name, field in fields.items():
        parts = ("d_incontext", "d_train", "d_val", "d_test")
        rows = [
            (row["input"].strip(), row["output"]) for part in parts for row in sammo[name][part]
        ]
        yield name.replace("_", "-"), field, sammo[name]["instructions"].strip(), rows
    for name, field, told in (
        ("formal_fallacies", "logic", "Decide whether the argument is deductively valid."),
        ("causal_judgement", "causes and effects", ("Answer the question about causes as a typical"
         " person would.")),
    ):  # fmt: skip
        rows = [
            (re.sub(r"\s*Options:\s.*", "", each["input"], flags=re.DOTALL), each["target"])
            for each in _json(f"optim/bbh/{name}.json")["examples"]
        ]
        yield name.replace("_", "-"), field, told, rows
    mails = _json("optim/facility_support_analyzer.json")
    for part in ("urgency", "sentiment"):
        rows = [(_mail(row["fields"]["input"]), json.loads(row["answer"])[part]) for row in mails]
        told = f"Determine the {part} of an e-mail that a customer sends to the facility support."
        yield f"facility-{part}", "facility management", told, rows
    yield (
        "banking-intent", "banking",
        "Find the intent of the message that a customer sends to the bank.", banking(),
    )  # fmt: skip
    told = "Find out what the user of a banking assistant wants to do."
    yield "assistant-intent", "personal banking", told, assistant()


def assistant() -> list[Row]:
    """Messages to an assistant (CLINC150) with one of six intents."""
    data = _json("intent/clinc150_full.json")
    chosen = ("balance", "bill_due", "pin_change", "report_fraud", "transfer", "interest_rate")
    return [(text, label) for text, label in data["train"] if label in chosen]


def banking() -> list[Row]:
    """Messages to a bank (BANKING77) with one of six intents."""
    chosen = ("card_arrival", "declined_card_payment", "card_linking", "exchange_rate",
              "lost_or_stolen_card", "top_up_failed")  # fmt: skip
    with (DATA / "intent/banking77_train.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [(row["text"].strip(), row["category"]) for row in rows if row["category"] in chosen]


def _mail(text: str) -> str:
    """The beginning of a mail, greeting left out, up to the end of a sentence."""
    body = re.sub(r"\n+(?:Dear|Hello|Hi)\b[^\n]*\n", "\n", text.strip())
    if len(body) <= _LONGEST:
        return body
    cut = body[:_LONGEST]
    return cut[: max(cut.rfind(". "), cut.rfind(".\n")) + 1]


def drawn(name: str, rows: Iterable[Row]) -> list[Row]:
    """Different rows of bearable length, in an order drawn by a hash, the labels taking turns."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in dict.fromkeys(row for row in rows if len(row[0]) <= _LONGEST):
        groups[row[1]].append(row)
    for group in groups.values():
        group.sort(key=lambda row: hashlib.sha256(f"{name}\0{row[0]}".encode()).hexdigest())
    order: list[Row] = []
    while any(groups.values()):
        order += [group.pop(0) for _, group in sorted(groups.items()) if group]
    return order


def _framed(name: str, field: str, told: str, rows: Sequence[Row], frame: str) -> Task:
    labels = sorted({label for _, label in rows})
    shots = "\n\n".join(f"Input: {text}\nOutput: {label}" for text, label in rows[:_SHOTS])
    template = _FRAMES[frame] if frame in _FRAMES else _fabric()
    system = template.format(
        field=field, instruction=told, labels=", ".join(labels), shots=escape_literal(shots)
    )
    return _task(name, system, "{{ text }}", rows[_SHOTS : _SHOTS + CASES], labels, frame)


def _fabric() -> str:
    """A frame of the lines that stand in most patterns of the fabric collection."""
    lines = (DATA / "prompts/fabric_patterns.jsonl").read_text(encoding="utf-8").splitlines()
    count = Counter(
        line.strip()
        for row in lines
        for line in dict.fromkeys(json.loads(row)["text"].splitlines())
        if len(line) > 20 and re.match(r"\s*(?:- )?[A-Z]", line) and not re.search(_OWN, line)
    )
    common = [line for line, _ in count.most_common(14)]
    bullets = "\n".join(f"- {line.lstrip('- ')}" for line in common[2:])
    return (
        "# IDENTITY and PURPOSE\n\nYou are an expert in {field}. {instruction}\n\n"
        f"{common[0].lstrip('- ')}\n{common[1].lstrip('- ')}\n\n# STEPS\n\n"
        "- Consume the entire input and think about it deeply.\n- Choose the answer.\n\n"
        f"# OUTPUT INSTRUCTIONS\n\n- Output one of: {{labels}}.\n{bullets}\n\n"
        "# EXAMPLES\n\n{shots}\n\n# INPUT\n\nINPUT:\n"
    )


def speech_tag() -> Task:
    """The prompt of promptpex with its tests; each expects one tag of the list in the prompt."""
    folder = DATA / "optim/promptpex_v7"
    readme = (folder / "speech-tag__README.md").read_text(encoding="utf-8")
    body = readme.split("### [speech-tag.prompty]")[1].split("---")[2].split("`````")[0]
    system = body.split("system:")[1].split("user:")[0].strip()
    labels = [*re.findall(r"\b([A-Z]{2,4}\$?):", system), "Unknown", "CantAnswer"]
    file = (folder / "speech-tag__tests.csv").read_text(encoding="utf-8").splitlines()
    rows = [
        (row[2].strip(), row[3].strip())
        for row in csv.reader(file, skipinitialspace=True)
        if len(row) > 3 and row[3].strip() in labels
    ]
    return _task("speech-tag", system, "{{ text }}", drawn("speech-tag", rows), labels, "real")


def _task(
    name: str, system: str, user: str, rows: Sequence[Row], labels: Sequence[str], frame: str
) -> Task:
    schema = {"type": "string", "enum": list(labels)}
    prompt = Prompt.model_validate(
        {
            "id": name,
            "version": "1.0.0",
            "title": name.replace("-", " "),
            "intent": "classify",
            "variables": {"text": {}},
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "output": {"schema": schema},
            "model": {"params": {"temperature": 0, "max_tokens": 12}},
        }
    )
    cases = tuple(
        GoldenCase(id=f"{name}-{number:03}", inputs={"text": text}, expected=label)
        for number, (text, label) in enumerate(rows)
    )
    golden = GoldenSet(name=name, path=Path(f"{name}.jsonl"), cases=cases)
    return Task(prompt=prompt, golden=golden, frame=frame)


def _json(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def floor_of(task: Task) -> float:
    """The score of always saying the commonest answer."""
    answers = Counter(case.expected for case in task.golden.cases)
    return max(answers.values()) / len(task.golden.cases)


def main() -> None:
    for task in tasks():
        if task.prompt.id in sys.argv[1:]:
            print(task.prompt.messages[0].content)
        labels = Counter(case.expected for case in task.golden.cases)
        print(
            f"{task.prompt.id:28} {task.frame:9} {len(task.golden.cases):4} cases  {dict(labels)}"
        )


if __name__ == "__main__":
    main()
