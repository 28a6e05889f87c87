"""Which languages golden inputs are in: enough to tell one from several, and no more.

Method: scripts by their Unicode ranges; among Latin texts, the language whose most frequent
function words occur most. A text with too few of them counts for no language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from promptops.core.canonical import JSON
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.project.demands import Demand, instructing
from promptops.lint.regions import INSTRUCTIONS

_FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "English": "the and of to is in that it for was with on are this my have not be you i",
        "German": "der die das und ist nicht ich ein eine mit auf zu den von für es wir sie habe",
        "French": "le la les et est des une un je pas que pour dans qui ne sur avec mon vous ce",
        "Spanish": "el los las y es una un que por para con no mi se lo del está como pero me",
        "Italian": "il lo gli e è una un che per con non mi si della sono ho questo di più",
        "Dutch": "de het een en is niet van ik met op dat zijn voor mijn aan te er maar wij",
        "Portuguese": "o os as e é uma um que para com não do da em meu minha se por eu mas",
        "Polish": "i w nie na jest się z do że to jak mam ale po od czy dla mój moje proszę",
    }.items()
}
_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "Cyrillic script": re.compile("[\u0400-\u04ff]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
    "Arabic script": re.compile("[\u0600-\u06ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Devanagari script": re.compile("[\u0900-\u097f]"),
    "Japanese": re.compile("[\u3040-\u30ff]"),
    "Korean": re.compile("[\uac00-\ud7af]"),
    "Chinese": re.compile("[\u4e00-\u9fff]"),
}
_WORD = re.compile(r"[^\W\d_]{1,30}")
_FEWEST_HITS = 2
_SURE_SHARE = 0.8
_SAME = phrase(
    r"\b(?:in the (?:same )?language (?:of|in which|as|that|used)\b[^.;\n]{0,60}"
    r"|in the (?:user|customer|reader|caller)(?:'|’)s (?:own )?language)"
)


def same_language_demands(prompt: ParsedPrompt) -> Iterator[Demand]:
    """Demands that the answer is in the language of what was asked."""
    for message in instructing(prompt):
        for match in message.find(_SAME, INSTRUCTIONS):
            yield Demand(message=message, span=match.span())


def languages_of(inputs: Iterable[Mapping[str, JSON]]) -> set[str]:
    """The languages of golden inputs; empty when too few of them can be told."""
    found = Counter(_language(each) for each in inputs)
    unsure = found.pop("", 0)
    total = found.total()
    return set(found) if total >= _SURE_SHARE * (total + unsure) else set()


def _language(inputs: Mapping[str, JSON]) -> str:
    text = " ".join(value for value in inputs.values() if isinstance(value, str))
    for name, script in _SCRIPTS.items():
        if script.search(text):
            return name
    words = [word.lower() for word in _WORD.findall(text)]
    hits = {name: sum(word in known for word in words) for name, known in _FUNCTION_WORDS.items()}
    ranked = sorted(hits, key=lambda name: -hits[name])
    best, second = ranked[0], ranked[1]
    return best if hits[best] >= max(_FEWEST_HITS, hits[second] + 1) else ""
