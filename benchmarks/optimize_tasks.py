"""Ten tasks that optimizers of prompts are compared on, fixed before any result was seen.

Each has the prompt as a person would write it at first (an instruction and, where there are some,
the labels), sixty solved cases to optimize with, and eighty held-out ones. Answers are free text:
no schema holds anybody's output. Cases are chosen and ordered by a hash of what they are, so the
same data always gives the same tasks. Data is read where ``PROMPTOPS_DATA`` points to (default:
``../shared/data``); nothing of it is copied.

Run: python benchmarks/optimize_tasks.py    # what there is, with a sample of each
"""

import csv
import functools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from optimize_scoring import LabelScorer
from optimize_sources import DATA, Row, drawn, lifecycles, settings

from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt
from promptops.scoring import Score, Scorer, load_scorer

POOL, TEST = 60, 80

_LABEL_TOKENS, _JSON_TOKENS, _ANSWER_TOKENS = 8, 64, 24
_LONGEST_MAIL = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One prompt to make better, and what to measure it on.

    Args:
        name: The task's name.
        instruction: The system message before optimization.
        user: Template of the user message; its variables are the inputs of the cases.
        metric: Name of the scorer.
        labels: The closed label set; empty when answers are free.
        max_tokens: Longest answer.
        pool: Cases to optimize with, for training and selection as an optimizer likes.
        test: Held-out cases.
    """

    name: str
    instruction: str
    user: str
    metric: str
    labels: tuple[str, ...]
    max_tokens: int
    pool: tuple[GoldenCase, ...]
    test: tuple[GoldenCase, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(dict.fromkeys(re.findall(r"\{\{ (\w+) \}\}", self.user)))

    def prompt(self) -> Prompt:
        """The unoptimized prompt."""
        return Prompt.model_validate(
            {
                "id": self.name,
                "version": "1.0.0",
                "title": self.name,
                "intent": "classify" if self.labels else "extract",
                "variables": {name: {} for name in self.variables},
                "messages": [
                    {"role": "system", "content": self.instruction},
                    {"role": "user", "content": self.user},
                ],
                "model": {"params": {"temperature": 0, "max_tokens": self.max_tokens}},
            }
        )

    def scorer(self) -> Scorer:
        """The one scorer of this task, for every optimizer."""
        inner = load_scorer(self.metric)
        return LabelScorer(inner, self.labels) if self.labels else inner

    def score(self, case: GoldenCase, answer: str) -> float:
        """How good an answer to a case is, from 0 to 1."""
        given = self.scorer().score(
            answer=answer, case=case, expected=case.expected, prompt=self.prompt()
        )
        assert isinstance(given, Score), "these scorers ask no model"
        return given.value


@functools.cache
def tasks() -> dict[str, Task]:
    """All tasks by name.

    Raises:
        FileNotFoundError: The data is not there.
    """
    return {make.__name__.removeprefix("_").replace("_", "-"): make() for make in _MAKERS}


def _task(
    name: str,
    instruction: str,
    pool: Iterable[Row],
    test: Iterable[Row],
    *,
    user: str = "{{ text }}",
    metric: str = "label_match",
    labels: tuple[str, ...] = (),
    max_tokens: int = _LABEL_TOKENS,
) -> Task:
    def cases(rows: Iterable[Row], most: int) -> tuple[GoldenCase, ...]:
        ordered = sorted(rows, key=lambda row: drawn(name, row[0], *row[1].values()))
        chosen = tuple(
            GoldenCase(id=key, inputs=dict(inputs), expected=expected)
            for key, inputs, expected in ordered[:most]
        )
        assert len(chosen) == most, f"{name}: {len(chosen)} cases of {most}"
        return chosen

    return Task(
        name=name,
        instruction=instruction,
        user=user,
        metric=metric,
        labels=labels,
        max_tokens=max_tokens,
        pool=cases(pool, POOL),
        test=cases(test, TEST),
    )


def _halves(name: str, rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Deal rows of one source into the pool and the rest."""
    ordered = sorted(rows, key=lambda row: drawn(name, "deal", row[0]))
    return ordered[:POOL], ordered[POOL:]


def _mails() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    file = DATA / "intel/optim/facility_support_analyzer.json"
    for number, row in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        yield f"mail-{number:03}", _body(row["fields"]["input"]), json.loads(row["answer"])


def _body(mail: str) -> str:
    """Subject and first sentences of an e-mail, without greeting and signature."""
    subject, _, rest = mail.strip().partition("\n")
    paragraphs = [
        text
        for text in re.split(r"\n\s*\n", rest)
        if not re.match(
            r"\s*(?:dear|hello|hi|best|kind|warm|sincerely|regards)\b", text, re.IGNORECASE
        )
    ]
    text = "\n".join([subject.strip(), *(" ".join(part.split()) for part in paragraphs)])
    if len(text) <= _LONGEST_MAIL:
        return text
    cut = text[:_LONGEST_MAIL]
    return cut[: max(cut.rfind(mark) for mark in (". ", "! ", "? ", ".\n", "?\n")) + 1]


def _facility_urgency() -> Task:
    return _facility(
        "facility-urgency",
        "urgency",
        ("low", "medium", "high"),
        "Decide how urgent this e-mail to a facility management company is. "
        "Answer with one word: low, medium or high.",
    )


def _facility_sentiment() -> Task:
    return _facility(
        "facility-sentiment",
        "sentiment",
        ("positive", "neutral", "negative"),
        "Decide what the sentiment of this e-mail to a facility management company is. "
        "Answer with one word: positive, neutral or negative.",
    )


def _facility(name: str, field: str, labels: tuple[str, ...], instruction: str) -> Task:
    rows = [(key, {"text": text}, answer[field]) for key, text, answer in _mails()]
    return _task(name, instruction, *_halves(name, rows), labels=labels)


_BANKING = (
    *("card_arrival", "card_delivery_estimate", "card_not_working", "declined_card_payment"),
    *(
        "pending_card_payment",
        "reverted_card_payment?",
        "card_linking",
        "transaction_charged_twice",
    ),
)


def _banking_8() -> Task:
    file = DATA / "intel/intent/banking77_train.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        found = [row for row in csv.DictReader(stream) if row["category"] in _BANKING]
    rows = [
        (f"banking-{number:04}", {"text": row["text"].strip()}, _readable(row["category"]))
        for number, row in enumerate(found)
    ]
    labels = tuple(map(_readable, _BANKING))
    instruction = (
        "Sort the message of a bank's customer into one of these intents: "
        f"{', '.join(labels)}. Answer with the intent only."
    )
    return _task("banking-8", instruction, *_halves("banking-8", rows), labels=labels)


_CLINC = (
    *("account_blocked", "balance", "bill_due", "card_declined", "interest_rate"),
    *("pin_change", "report_fraud", "transactions", "transfer", "order_checks"),
)


def _clinc_10() -> Task:
    data = json.loads((DATA / "intel/intent/clinc150_full.json").read_text(encoding="utf-8"))

    def rows(part: str) -> list[Row]:
        return [
            (f"clinc-{part}-{number:05}", {"text": text}, _readable(label))
            for number, (text, label) in enumerate(data[part])
            if label in _CLINC
        ]

    labels = tuple(map(_readable, _CLINC))
    instruction = (
        "Say what the user of a banking assistant wants. The possible intents are: "
        f"{', '.join(labels)}. Answer with the intent only."
    )
    return _task("clinc-10", instruction, rows("train"), rows("test"), labels=labels)


def _readable(label: str) -> str:
    return label.rstrip("?").replace("_", " ")


def _sammo(name: str, instruction: str, labels: tuple[str, ...]) -> Task:
    file = DATA / "intel/optim/sammo_instruction_tuning_splits.json"
    found = next(
        each for each in json.loads(file.read_text(encoding="utf-8")) if each["task_id"] == name
    )

    def rows(part: str) -> list[Row]:
        return [
            (f"{name}-{part}-{number:03}", {"text": row["input"].strip()}, row["output"])
            for number, row in enumerate(found[part])
        ]

    title = name.replace("_", "-")
    return _task(title, instruction, rows("d_train"), rows("d_test"), labels=labels)


def _implicatures() -> Task:
    return _sammo(
        "implicatures",
        "Does Speaker 2's answer mean yes or no? Answer with yes or no.",
        ("yes", "no"),
    )


def _sports_understanding() -> Task:
    return _sammo(
        "sports_understanding",
        "Determine whether the following statement is plausible or implausible. "
        "Answer with one word: plausible or implausible.",
        ("plausible", "implausible"),
    )


def _vitaminc_fact_verification() -> Task:
    return _sammo(
        "vitaminc_fact_verification",
        "Based only on the information in the quote from Wikipedia, answer whether the claim is "
        "True, False or Neither. Use Neither when the quote does not settle the question.",
        ("True", "False", "Neither"),
    )


def _causal_judgement() -> Task:
    file = DATA / "intel/optim/bbh/causal_judgement.json"
    examples = json.loads(file.read_text(encoding="utf-8"))["examples"]
    rows = [
        (f"causal-{number:03}", {"text": _story(each["input"])}, each["target"])
        for number, each in enumerate(examples)
    ]
    shortest = sorted(rows, key=lambda row: (len(row[1]["text"]), row[0]))[: POOL + TEST]
    return _task(
        "causal-judgement",
        "How would a typical person answer this question about causation? Answer with Yes or No.",
        *_halves("causal-judgement", shortest),
        labels=("Yes", "No"),
    )


def _story(text: str) -> str:
    first = "How would a typical person answer each of the following questions about causation?\n"
    return text.removeprefix(first).partition("\nOptions:")[0].strip()


_KINDS = {
    "PERSON": "person",
    "GPE": "place",
    "STREET_ADDRESS": "address",
    "CREDIT_CARD": "credit card",
    "EMAIL_ADDRESS": "e-mail",
    "PHONE_NUMBER": "phone",
    "AGE": "age",
}


def _extract_json() -> Task:
    """Texts with one piece of personal data; no sentence pattern is in both parts."""
    file = DATA / "intel/pii/presidio_synth_dataset_v2.json"
    patterns: dict[str, list[Row]] = defaultdict(list)
    for number, row in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        spans = row["spans"]
        if len(spans) != 1 or spans[0]["entity_type"] not in _KINDS:
            continue
        expected = {
            "kind": _KINDS[spans[0]["entity_type"]],
            "value": " ".join(spans[0]["entity_value"].split()),
        }
        text = {"text": " ".join(row["full_text"].split())}
        patterns[row["masked"].casefold()].append((f"text-{number:03}", text, expected))
    ordered = sorted(patterns, key=lambda pattern: drawn("extract-json", pattern))
    share = len(ordered) * POOL // (POOL + TEST)
    parts = ordered[:share], ordered[share:]
    pool, test = ([row for each in part for row in patterns[each][:3]] for part in parts)
    return _task(
        "extract-json",
        "Find the piece of personal data in the text. Answer with a JSON object with two fields: "
        f'"kind" (one of {", ".join(_KINDS.values())}) and "value" (as it stands in the text).',
        pool,
        test,
        metric="json_fields",
        max_tokens=_JSON_TOKENS,
    )


def _grounded() -> Task:
    """Questions over two sections of a document; about one in five is not answered there."""
    rows = {key: (inputs, expected) for key, inputs, expected in [*lifecycles(), *settings()]}
    documents = sorted({key.partition("/")[0] for key in rows}, key=lambda name: drawn("doc", name))
    share = len(documents) * POOL // (POOL + TEST)

    def part(names: list[str]) -> list[Row]:
        return [(key, *row) for key, row in rows.items() if key.partition("/")[0] in names]

    return _task(
        "grounded",
        "Answer the question from the context only, as briefly as you can. "
        'If the context does not say it, answer "not stated".',
        part(documents[:share]),
        part(documents[share:]),
        user="Context:\n{{ context }}\n\nQuestion: {{ question }}",
        metric="token_f1",
        max_tokens=_ANSWER_TOKENS,
    )


_MAKERS = (
    _facility_urgency,
    _facility_sentiment,
    _banking_8,
    _clinc_10,
    _implicatures,
    _sports_understanding,
    _vitaminc_fact_verification,
    _causal_judgement,
    _extract_json,
    _grounded,
)


def main() -> None:
    for task in tasks().values():
        lengths = sorted(sum(map(len, map(str, c.inputs.values()))) for c in task.pool + task.test)
        middle, longest = lengths[len(lengths) // 2], lengths[-1]
        print(f"\n{task.name}: {task.metric}, {middle} characters, at most {longest}")
        print(f"  {task.instruction}")
        if task.labels:
            print("  pool", dict(Counter(case.expected for case in task.pool)))
            print("  test", dict(Counter(case.expected for case in task.test)))
        for case in task.test[:2]:
            print(f"  {dict(case.inputs)} -> {case.expected}")


if __name__ == "__main__":
    main()
