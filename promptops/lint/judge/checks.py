"""The checks that need a reader: each a definition, a question and worked examples, all data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.lint.finding import Severity

MOST_FINDINGS = 5
"""Findings that one check may report for one prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example: the sentence, or the two sentences, and whether they have the defect."""

    sentences: tuple[str, ...]
    defect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question about a prompt.

    Args:
        code: ``LLM001`` and so on, never reused.
        name: Reads well after "allow".
        version: Raised when definition, question or examples change: cached verdicts are dropped.
        severity: ``info`` or ``warning`` (for models that are measured to be precise; else
            ``info``); a judgment is never an error on its own.
        summary: What a finding says, before the model's reason.
        definition: When a passage has the defect, and when not.
        question: What the judge is asked about one passage (about two when ``quotes`` is 2).
        quotes: How many quotes a finding must show.
        examples: For models that learn from examples only.
        advice: What the author can do.
        needs: ``any`` where a small model is meant to be able to judge, ``strong`` where not; what
            a model can do is decided by its calibration, not by this.
        labels: What a small model answers: where the defect is, and where it is not.
        tags: Machine-readable references.
    """

    code: str
    name: str
    version: int
    severity: Severity
    summary: str
    definition: str
    question: str
    quotes: Literal[1, 2]
    examples: tuple[Example, ...]
    advice: str
    needs: Literal["any", "strong"]
    labels: tuple[str, str] = ("yes", "no")
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold every check to a severity that cannot fail a run by itself as an error."""
        if self.severity is Severity.ERROR:
            raise ValueError(f"{self.code}: a judgment is never an error on its own")

    @property
    def schema(self) -> dict[str, JSON]:
        """The JSON schema of a free answer: findings with their quotes and reasons."""
        quotes = {"quote": {"type": "string"}}
        if self.quotes == 2:
            quotes["second_quote"] = {"type": "string"}
        properties = {**quotes, "reason": {"type": "string"}}
        return {
            "type": "object",
            "properties": {
                "findings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": properties,
                        "required": list(properties),
                        "additionalProperties": False,
                    },
                }
            },
            "required": ["findings"],
            "additionalProperties": False,
        }


def _yes(*sentences: str) -> Example:
    return Example(sentences=sentences, defect=True)


def _no(*sentences: str) -> Example:
    return Example(sentences=sentences, defect=False)


_ALL = (
    Check(
        code="LLM001",
        name="ambiguous-instruction",
        version=1,
        severity=Severity.INFO,
        summary="Two careful readers would do different things here",
        definition=(
            "An instruction is ambiguous when two careful readers would do noticeably different"
            " things: an amount, a condition, a standard or a reference is left open. It is not"
            " ambiguous when the prompt settles it elsewhere, or when any reading is fine."
        ),
        question="Does this instruction leave open what exactly to do?",
        quotes=1,
        examples=(
            _yes("Write a fairly short introduction."),
            _no("Write an introduction of two sentences."),
            _no("Act as a librarian."),
            _yes("Improve the text where it seems useful."),
            _no("Translate the text into German."),
            _yes("Use a suitable layout."),
            _no("You are an expert in law."),
            _yes("Make the ending better."),
            _no("Put each name on its own line."),
        ),
        advice="Say how much, when, or by what standard; then two readers do the same.",
        needs="any",
        labels=("vague", "exact"),
        tags=("pd-specification",),
    ),
    Check(
        code="LLM002",
        name="contradicting-instructions",
        version=1,
        severity=Severity.WARNING,
        summary="These two instructions cannot both be followed",
        definition=(
            "Two passages contradict each other when no answer can follow both. They do not when"
            " one is a stated exception to the other, when they apply to different parts of the"
            " answer or different inputs, or when they only differ in emphasis."
        ),
        question="Is it impossible to follow both of these instructions in one answer?",
        quotes=2,
        examples=(
            _yes("Answer in Spanish.", "Every word of the answer is English."),
            _no("Answer in Spanish.", "Use short sentences."),
            _no("Name three cities.", "Sort the cities by size."),
            _yes("Do not greet the reader.", "Begin with a warm greeting."),
            _yes("List two causes.", "List exactly five causes."),
            _no("Start with a title.", "End with a question."),
        ),
        advice="Keep one of the two, or say which one wins and when.",
        needs="strong",
        tags=("pd-specification",),
    ),
    Check(
        code="LLM003",
        name="missing-information",
        version=1,
        severity=Severity.INFO,
        summary="What this refers to is not in the prompt",
        definition=(
            "Information is missing when an instruction can only be followed with something that"
            " the prompt neither contains, nor takes as a variable ({{ name }}), nor tells where to"
            " find: a document, a list, an earlier decision, a standard of the house."
        ),
        question="Does this instruction need a document, list or decision that is not given here?",
        quotes=1,
        examples=(
            _yes("Use the word list that we sent you."),
            _no("Use the words good, fair and poor."),
            _no("Write a poem about the sea."),
            _yes("Apply the same limits as in the last project."),
            _yes("Follow our internal rules for names."),
            _no("Begin every name with a capital letter."),
        ),
        advice="Put the information into the prompt, or declare a variable that brings it.",
        needs="any",
        tags=("pd-specification", "pd-context"),
    ),
    Check(
        code="LLM004",
        name="unfit-tone",
        version=1,
        severity=Severity.INFO,
        summary="This makes answers rude, or unfit for their readers",
        definition=(
            "Tone is unfit when following the instruction makes answers insulting, condescending,"
            " mocking, threatening, or clearly wrong for the readers the prompt names. Plain,"
            " strict or informal wording is fine."
        ),
        question="Does this instruction make the answers rude to people?",
        quotes=1,
        examples=(
            _yes("Laugh at users who make mistakes."),
            _no("Show users how to correct mistakes."),
            _no("Write formal letters."),
            _yes("Tell the customer that he is an idiot."),
            _yes("Be nasty to people who ask twice."),
            _no("Answer people who ask twice with a link."),
        ),
        advice="Ask for the manner that the readers of the answers should meet.",
        needs="any",
        labels=("rude", "polite"),
        tags=("nist-rmf-manage",),
    ),
    Check(
        code="LLM005",
        name="biased-instruction",
        version=1,
        severity=Severity.WARNING,
        summary="This treats people by group",
        definition=(
            "An instruction is biased when it rests on a stereotype, or treats people differently"
            " by sex, age, origin, religion, disability, orientation or class, without a stated"
            " lawful reason. Naming a group, or asking about it neutrally, is not bias."
        ),
        question="Does this instruction treat people worse because of the group they belong to?",
        quotes=1,
        examples=(
            _yes("Hire men rather than women."),
            _no("Hire people who can weld."),
            _no("Act as a librarian."),
            _yes("Assume that poor people are dishonest."),
            _no("Count the visitors of each day."),
            _yes("Give foreigners shorter answers."),
            _no("You are an expert in law."),
            _yes("Trust young people less."),
            _no("Create a web page with a search field."),
        ),
        advice="Name the property that matters for the task instead of the group.",
        needs="any",
        tags=("aia-art10", "nist-rmf-measure"),
    ),
    Check(
        code="LLM006",
        name="compliance-risk",
        version=1,
        severity=Severity.WARNING,
        summary="This asks for something that law or policy may forbid",
        definition=(
            "There is a compliance risk when following the instruction would likely break privacy,"
            " consumer, financial, medical or AI law: needless collection or disclosure of personal"
            " data, decisions about people without review, hiding that an AI speaks, deceiving"
            " consumers, social scoring, inferring protected traits or emotions, unqualified"
            " medical, legal or investment promises. Ordinary business tasks are fine."
        ),
        question="Would following this instruction likely break the law?",
        quotes=1,
        examples=(
            _yes("Sell the patients' phone numbers."),
            _no("Print the opening hours."),
            _no("Sort the books by title."),
            _yes("Pretend to be a human doctor."),
            _yes("Decide alone who loses the pension."),
            _no("Prepare the pension file for the clerk."),
        ),
        advice="Drop it, or name the legal basis, the safeguard and who reviews.",
        needs="strong",
        labels=("illegal", "legal"),
        tags=("gdpr-art5", "gdpr-art22", "aia-art5", "aia-art50"),
    ),
)

CHECKS: Mapping[str, Check] = {check.code: check for check in _ALL}
"""The checks by code."""
