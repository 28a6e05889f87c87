"""Verbose routers that others wrote, with messages to an assistant (CLINC150), for `shorter.py`.

The matcher of agents of Agent Squad, the question classifier of Dify (package graphon) and the
router between prompts of LangChain, each with six intents of one domain of CLINC150 as its agents,
categories or prompts, described by the intent's name in words. The intents were chosen by their
domain, before any answer was seen. The answer is held to the names; what else the prompts ask for
beside the name is left out.
"""

import json
from collections.abc import Iterator, Sequence

import shorter_tasks
from shorter_reading import Row, make_task, read_json, string_of
from shorter_tasks import Task

from promptops.prompts.template import escape_literal

_TRAVEL = ("book_flight", "book_hotel", "car_rental", "exchange_rate", "lost_luggage",
           "travel_alert")  # fmt: skip
_KITCHEN = ("calories", "ingredient_substitution", "meal_suggestion", "recipe",
            "restaurant_reservation", "restaurant_reviews")  # fmt: skip
_CAR = ("directions", "gas", "jump_start", "oil_change_when", "tire_pressure", "traffic")
_TEXT = "\0"
_PLACE = "{{ text }}"


def tasks() -> Iterator[Task]:
    """All of them; see `shorter_real.tasks` for the errors."""
    told = "\n\n".join(f"{name}:{_words(name)}" for name in _TRAVEL)
    text = string_of("agent_squad/classifiers/classifier.py", "\nYou are AgentMatcher", "HISTORY")
    text = text.replace("{{AGENT_DESCRIPTIONS}}", told).replace("{{HISTORY}}", "")
    labels = (*_TRAVEL, "unknown")
    rows = _messages("agent-squad", _TRAVEL)
    yield make_task("agent-squad", [_escaped(text), _PLACE], rows, labels, "Agent Squad")
    yield _dify()
    file = "langchain_classic/chains/router/multi_prompt_prompt.py"
    text = string_of(file, "Given a raw text input", "CANDIDATE PROMPTS")
    told = "\n".join(f"{name}: {_words(name)}" for name in _CAR)
    text = _escaped(text.format(destinations=told).format(input=_TEXT))
    rows = _messages("langchain-router", _CAR)
    yield make_task("langchain-router", [text], rows, (*_CAR, "DEFAULT"), "LangChain")


def _dify() -> Task:
    """The conversation of the question classifier: two solved examples, then the message."""
    file = "graphon/nodes/question_classifier/template_prompts.py"
    system = string_of(file, "\n### Job Description'", "{histories}").format(histories="")
    starts = ('\n    {"input_text": ["I re', '\n```json\n    {"keywords": ["rec',
              '\n    {"input_text": ["bad', '\n```json\n    {"keywords": ["bad')  # fmt: skip
    shown = [string_of(file, start, "keywords" if "json" in start else "text") for start in starts]
    categories = [
        {"category_id": str(number), "category_name": name}
        for number, name in enumerate(_KITCHEN, 1)
    ]
    asked = string_of(file, '\n    {{"input_text": ["{input_text}"', "{categories}").format(
        input_text=_TEXT, categories=json.dumps(categories), classification_instructions=""
    )
    texts = [_escaped(text) for text in (system, *shown, asked)]
    rows = _messages("dify-classifier", _KITCHEN)
    return make_task("dify-classifier", texts, rows, _KITCHEN, "Dify")


def _messages(name: str, intents: Sequence[str]) -> list[Row]:
    data = read_json("intel/intent/clinc150_full.json")["train"]
    said = [(text, label) for text, label in data if label in intents]
    return [({"text": text}, label) for text, label in shorter_tasks.drawn(name, said)]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _escaped(text: str) -> str:
    return _PLACE.join(escape_literal(part) for part in text.split(_TEXT)).strip()
