"""Planted duplicates and hard negatives: the answer is known because it was made.

Each kind changes a real prompt in one way. Rewordings are asked of the embedded model at
temperature 0; most small models' answers are poor, so a reader has labeled each by its digest
(``reworded.jsonl``), and only those that keep the task count as duplicates.
"""

import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
SEED = 6
EACH = 60
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_VARIABLE = re.compile(r"(\$?\{\{?\s*)([A-Za-z_]\w*)")
ASK = "Rewrite this text in other words. Keep its meaning and every instruction:\n\n{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Two texts and whether they are one prompt."""

    kind: str
    base: str
    left: str
    right: str
    same: bool


# One frame in four languages: what a company puts round every prompt.
FRAMES = {
    "en": (
        "You are a careful assistant of our company. Follow the house rules at all times.",
        "Answer in short sentences. Do not give legal advice. Say so when you are not sure.",
    ),
    "de": (
        "Du bist ein sorgfältiger Assistent unserer Firma. Halte dich immer an die Hausregeln.",
        "Antworte in kurzen Sätzen. Gib keine Rechtsberatung. Sag es, wenn du unsicher bist.",
    ),
    "es": (
        "Eres un asistente cuidadoso de nuestra empresa. Sigue siempre las normas de la casa.",
        "Responde con frases cortas. No des consejos legales. Dilo cuando no estés seguro.",
    ),
    "fr": (
        "Tu es un assistant soigneux de notre entreprise. Suis toujours les règles de la maison.",
        "Réponds en phrases courtes. Ne donne pas de conseil juridique. Dis-le en cas de doute.",
    ),
}


def bases(texts: Mapping[str, str], fits: Callable[[str], bool]) -> list[str]:
    """Ids of awesome prompts that fit, in an order that does not depend on the file's."""
    found = [key for key, text in texts.items() if key.startswith("awesome/") and fits(text)]
    return sorted(found, key=lambda key: hashlib.sha256(f"plant {key}".encode()).hexdigest())


def sentences(text: str) -> list[str]:
    """The sentences of a text, at its full stops."""
    return [part for part in _SENTENCE.split(text.strip()) if part]


def reword_bases(texts: Mapping[str, str]) -> list[str]:
    """The prompts that the model is asked to reword: 25 to 70 words, three sentences or more."""
    return bases(texts, lambda text: 25 <= len(text.split()) <= 70 and len(sentences(text)) > 2)[
        :EACH
    ]


def renamed(texts: Mapping[str, str]) -> list[Planted]:
    """Every variable gets another name."""
    made = []
    for key in bases(texts, lambda text: len(set(_VARIABLE.findall(text))) >= 2)[:EACH]:
        text = texts[key]
        names = sorted({name for _, name in _VARIABLE.findall(text)})
        other = {name: f"given_value_{number}" for number, name in enumerate(names)}
        right = _VARIABLE.sub(partial(_other_name, other), text)
        made.append(Planted(kind="renamed variables", base=key, left=text, right=right, same=True))
    return made


def _other_name(names: Mapping[str, str], found: re.Match[str]) -> str:
    return found[1] + names[found[2]]


def reordered(texts: Mapping[str, str]) -> list[Planted]:
    """The sentences in another order, the first kept in its place."""
    made = []
    for key in bases(texts, lambda text: 5 <= len(sentences(text)) <= 12 and len(text) < 1500):
        first, *rest = sentences(texts[key])
        mixed = rest[:]
        random.Random(f"{SEED} {key}").shuffle(mixed)
        if mixed != rest:
            right = " ".join([first, *mixed])
            made.append(
                Planted(
                    kind="reordered sentences", base=key, left=texts[key], right=right, same=True
                )
            )
    return made[:EACH]


def translated(texts: Mapping[str, str]) -> list[Planted]:
    """One prompt within a frame in English and within the same frame in another language."""
    made = []
    languages = [name for name in FRAMES if name != "en"]
    found = bases(texts, lambda text: 30 <= len(text.split()) <= 150)[:EACH]
    for number, key in enumerate(found):
        left, right = _framed(texts[key], "en"), _framed(texts[key], languages[number % 3])
        made.append(
            Planted(kind="translated boilerplate", base=key, left=left, right=right, same=True)
        )
    return made


def same_frame(texts: Mapping[str, str]) -> list[Planted]:
    """Two short prompts within one frame: the same form, another task."""
    found = bases(texts, lambda text: 15 <= len(text.split()) <= 60)[: 2 * EACH]
    return [
        Planted(
            kind="same form, other task",
            base=left,
            left=_framed(texts[left], "en"),
            right=_framed(texts[right], "en"),
            same=False,
        )
        for left, right in zip(found[::2], found[1::2], strict=True)
    ]


def same_words() -> list[Planted]:
    """One form of wording with another task filled in, written by hand in ``forms.json``."""
    forms = json.loads((HERE / "forms.json").read_text(encoding="utf-8"))
    made = []
    for number, form in enumerate(forms):
        tasks = form["tasks"]
        made += [
            Planted(
                kind="same wording, other task",
                base=f"form {number}",
                left=form["text"].format(*left),
                right=form["text"].format(*right),
                same=False,
            )
            for place, left in enumerate(tasks)
            for right in tasks[place + 1 :]
        ]
    return made


def reworded(texts: Mapping[str, str], answers: Mapping[str, str]) -> list[Planted]:
    """The model's rewordings that a reader found to keep the task.

    Args:
        texts: By id.
        answers: The model's text for each id of `reword_bases`.
    """
    labels = {row["id"]: row for row in _labels()}
    made = []
    for key, right in answers.items():
        row = labels.get(key)
        if row is not None and row["digest"] == text_digest(right) and row["keeps"]:
            made.append(
                Planted(
                    kind="reworded by the model", base=key, left=texts[key], right=right, same=True
                )
            )
    return made


def text_digest(text: str) -> str:
    """What names an answer in ``reworded.jsonl``."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _labels() -> Sequence[dict[str, str]]:
    lines = (HERE / "reworded.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _framed(text: str, language: str) -> str:
    before, after = FRAMES[language]
    return f"{before}\n{text.strip()}\n{after}"
