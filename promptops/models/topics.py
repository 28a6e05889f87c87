"""What claims about models may be about, and the words they may use for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing in which models differ.

    Attributes:
        about: What it is, in half a sentence.
        values: The words that a claim may use, with what each means; empty when ``form`` decides.
        form: What a value looks like where no list of words can say it.
        many: Whether a model may have several claims of it at once.
    """

    about: str
    values: Mapping[str, str]
    form: str = ""
    many: bool = False

    def takes(self, value: str) -> bool:
        """Whether a claim may have this value."""
        return value in self.values or bool(self.form and re.fullmatch(self.form, value))

    @property
    def expected(self) -> str:
        """What a value may be, for messages."""
        return ", ".join(self.values) or f"a value like {self.form}"


_RANGE = r"[0-9]+(\.[0-9]+)?\.\.[0-9]+(\.[0-9]+)?"
_WORDS = r".*\S.*"

TOPICS: Mapping[str, Topic] = {
    "system_role": Topic(
        about="where the system message goes",
        values={
            "native": "the API or the chat template has a place for it",
            "none": "it is joined to the user's turn, or refused",
            "avoid": "there is a place, but the model does better without",
        },
    ),
    "system_position": Topic(
        about="where a system message may stand",
        values={"first": "only before all turns", "anywhere": "between turns, too"},
    ),
    "turn_order": Topic(
        about="in which order turns may follow each other",
        values={"alternating": "user and assistant take turns", "any": "any order"},
    ),
    "prefill": Topic(
        about="what a last message of the assistant does",
        values={
            "supported": "the answer goes on from it",
            "prefix-flag": "the answer goes on from it when the message carries prefix: true",
            "partial-flag": "the answer goes on from it when the message carries partial: true",
            "rejected": "the API refuses the request",
            "ignored": "it is read as an answer that was given before",
        },
    ),
    "delimiters": Topic(
        about="how sections are marked",
        values={"xml": "with tags", "markdown": "with headings", "plain": "with plain labels"},
    ),
    "few_shot": Topic(
        about="how solved examples are shown",
        values={
            "turns": "as turns of user and assistant",
            "block": "in a block of their own",
            "avoid": "best not at all",
        },
    ),
    "json": Topic(
        about="how an answer by a JSON schema is had",
        values={
            "native": "the API enforces the schema",
            "tool": "the schema is that of a tool",
            "instruction": "the schema is said in words",
        },
    ),
    "schema_view": Topic(
        about="whether a model that is held to a schema reads it",
        values={"hidden": "it does not: only its answer is held to it"},
    ),
    "user_turn": Topic(
        about="what the last user message should hold",
        values={"input-only": "the input, and no request about it"},
    ),
    "json_mode": Topic(
        about="what JSON mode without a schema asks for",
        values={"word": "a message must say JSON"},
    ),
    "long_context": Topic(
        about="where long documents stand",
        values={
            "context-first": "above the instructions and the question",
            "instructions-first": "below the instructions",
            "both-ends": "between instructions that are said twice",
        },
    ),
    "document_format": Topic(
        about="how many documents are written down",
        values={"not-json": "not as a JSON array"},
    ),
    "thinking_hints": Topic(
        about="what asking the model to think does",
        values={"avoid": "it reasons by itself, or cannot"},
    ),
    "think_switch": Topic(
        about="what /think and /no_think in a message do",
        values={"template": "they switch reasoning", "ignored": "nothing"},
    ),
    "thinking_budget": Topic(
        about="what a budget of thinking tokens does", values={"rejected": "the API refuses it"}
    ),
    "reasoning": Topic(
        about="whether the model reasons before it answers",
        values={"none": "never", "always": "always", "switchable": "by a parameter"},
    ),
    "sampling": Topic(
        about="which of temperature, top_p and top_k are taken",
        values={
            "fixed": "none but their defaults",
            "fixed-by-default": "none, unless reasoning is switched off",
            "fixed-while-reasoning": "none, once reasoning is switched on",
            "one": "temperature or top_p, not both",
        },
    ),
    "temperature": Topic(about="the range of temperatures, from and to", values={}, form=_RANGE),
    "unsupported": Topic(
        about="a parameter, by OpenAI's name, that is refused or ignored",
        values={},
        form=r"[a-z][a-z_]*",
        many=True,
    ),
    "max_tokens": Topic(
        about="what the API calls the limit of an answer's length",
        values={
            "max_tokens": "max_tokens",
            "max_completion_tokens": "max_completion_tokens",
            "max_output_tokens": "max_output_tokens",
        },
    ),
    "stop_sequences": Topic(about="how many stop sequences are taken", values={}, form=r"[0-9]+"),
    "tools": Topic(
        about="where tools are described",
        values={"native": "in a field of the API", "none": "only in the text"},
    ),
    "emphasis": Topic(
        about="what capitals and MUST do", values={"calm": "they make the model overdo it"}
    ),
    "politeness": Topic(
        about="what courtesies do", values={"drop": "they draw attention from the instruction"}
    ),
    "instructions": Topic(
        about="how long instructions may be", values={"short": "short ones are followed better"}
    ),
    "verbosity": Topic(
        about="how answers turn out when nothing is said about length",
        values={
            "literal": "as the instructions say, no more",
            "terse": "short",
            "verbose": "long",
        },
    ),
    "inference_ban": Topic(
        about="what a broad ban on inferring does",
        values={"avoid": "it stops plain logic and arithmetic, too"},
    ),
    "identity": Topic(
        about="what it does when it is told that it is another product",
        values={"own": "it takes up what it is told, so it is told no other product's name"},
    ),
    "language": Topic(about="languages that are served well", values={}, form=_WORDS),
    "tokenizer": Topic(about="how text is cut into tokens", values={}, form=_WORDS),
    "habit": Topic(
        about="what the model tends to do, in a few words", values={}, form=_WORDS, many=True
    ),
}
"""Every topic by name."""
