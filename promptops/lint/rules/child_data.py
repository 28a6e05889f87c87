"""CMP007."""

from collections.abc import Iterator

from promptops.lint.compliance import is_discussed
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_CHILD_SEEDS = ("child", "kids", "minors", "teenager", "pupils", "toddler", "year-old", "years old",
                "grader")  # fmt: skip
_CHILD = phrase(
    r"\b(?:talk(?:ing)?|chat(?:ting)?|speak(?:ing)?|converse|play(?:ing)?|tutor|companion|friend"
    r"|teacher|assistant"
    r"|buddy|mentor|game|quiz|users? (?:is|are)|help|guide|coach|app|homework helper)\b[^.\n]{0,50}"
    r"\b(?:child|children|kids?|minors?|teenagers?|pupils?|toddlers?"
    r"|(?:[3-9]|1[0-5])[- ](?:year[- ]olds?|years old)|[1-9](?:st|nd|rd|th) graders?)\b"
)
_ASK_SEEDS = ("address", "last name", "full name", "surname", "phone", "school", "photo", "selfie",
              "email", "birthday", "date of birth", "location", "live", "password",
              "parents' ")  # fmt: skip
_ASK = phrase(
    r"\b(?:ask|find out|collect|request|get|store|remember|record|save)(?: (?:for|about|them|him"
    r"|her|it|the|each|every"
    r"|child|kid|user|children|kids|to|tell|you|share|send|what|where)){0,5}"
    r" (?:(?:their|his|her|its|the child's|the kid's|a|an|your|child's|kid's|full|home|real) ){0,3}"
    r"(?:(?:(?:name|age|nickname|hobbies)(?:,| and) ){0,3}(?:(?:their|his|her|home|full) )?)"
    r"(?:address|last name|full name|surname|phone(?: number)?|school|photo|selfie"
    r"|email(?: address)?|birthday"
    r"|date of birth|location|password|they live|he lives|she lives|you live)\b"
)


class ChildData(Rule):
    """A child is asked for personal data.

    What it does:
        Flags a prompt that speaks with children (tutor, friend, game … for children, kids or a
        stated age below 16) and asks for or stores their address, full name, school, phone,
        e-mail, photo, birthday or location.

    Why is this bad?
        Children cannot consent; their data needs a parent's consent, and seldom is needed at all.

    Example:
        You are a friend who chats with children. Ask for their full name and school.

    Use instead:
        You are a friend who chats with children. Use the nickname that the app gives you, and ask
        for nothing that says who or where they are.

    What to do:
        Drop the question, or leave it to a form that a parent fills in.

    Source:
        GDPR articles 5(1)(c) and 8; COPPA (16 CFR part 312).
    """

    code = "CMP007"
    name = "child-data"
    severity = Severity.WARNING
    triggers = _CHILD_SEEDS
    tags = ("gdpr-art5",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each question for personal data in a prompt that speaks with children."""
        for wording in prompt.wordings:
            speaks = any(
                True
                for m in wording.instructing
                for _ in near(m, _CHILD, _CHILD_SEEDS, self.regions, before=90, after=30)
            )
            for message in wording.instructing if speaks else ():
                for match in near(message, _ASK, _ASK_SEEDS, self.regions, before=100, after=30):
                    if not is_discussed(message, match.start(), match.end()):
                        text = "a child is asked for personal data"
                        yield self.found(prompt, message, match.span(), text)
