"""CMP001."""

import re
from collections.abc import Iterator

from promptops.lint.compliance import is_discussed
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_PEOPLE = r"(?:people|persons?|citizens?|individuals?|residents?|customers?|users?|members?)"
_WORKERS = (
    r"(?:employees?|workers?|staff|team members?|agents?|students?|pupils?|candidates?|applicants?"
    r"|trainees?|colleagues?)"
)
_TRAIT = (
    r"(?:sexual orientation|political (?:opinions?|views?|beliefs)|religio(?:n|us beliefs)"
    r"|ethnic(?:ity| origin)|race|sex life|trade union membership|philosophical beliefs)"
)
_PRACTICES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "social scoring",
        (
            "social score",
            "social scoring",
            "social credit",
            "trustworthiness",
            "good citizen",
            "social behav",
        ),
        ("score", "rate", "rank", "grade", "credit"),
        phrase(
            rf"\b(?:social (?:score|scoring|credit)[^.\n]{{0,60}}\b(?:of|for|to|based on|each"
            rf"|every|{_PEOPLE})\b"
            r"|(?:score|rate|rank|grade) (?:the |each |every "
            rf"|all )?{_PEOPLE}[^.\n]{{0,60}}\b(?:social"
            r" behaviou?r|trustworthiness|good citizenship))"
        ),
    ),
    (
        "emotion recognition at work or in education",
        ("emotion", "mood"),
        (
            "employee",
            "worker",
            "staff",
            "team member",
            "agent",
            "student",
            "pupil",
            "candidate",
            "applicant",
            "trainee",
            "colleague",
        ),
        phrase(
            r"\b(?:infer|detect|recogni[sz]e|monitor|analy[sz]e|track|assess|identify|determine"
            r"|rate"
            rf"|classify)[^.\n]{{0,40}}\b(?:{_WORKERS}(?:'s?|s')?[^.\n]{{0,30}}\b(?:emotions?"
            r"|emotional states?"
            r"|moods?)|(?:emotions?|emotional states?|moods?) of (?:the |an? |each |every |our "
            rf"|all )?{_WORKERS})\b"
        ),
    ),
    (
        "manipulation that people cannot notice, or that exploits their weakness",
        ("subliminal", "exploit"),
        (
            "subliminal",
            "vulnerab",
            "disabilit",
            "poverty",
            "loneliness",
            "fear",
            "dementia",
            "addiction",
            "grief",
            "ignorance",
            "naivety",
            " age",
        ),
        phrase(
            r"\b(?:use|with|apply|insert|add|employ)[^.\n]{0,30}\bsubliminal\b"
            r"|\bexploit(?: the| their| his| her| a)?(?: [a-z]{3,15}){0,2} (?:vulnerabilit(?:y"
            r"|ies)|age|disabilit(?:y|ies)"
            r"|poverty|loneliness|fears?|dementia|addiction|grief|ignorance|naivety) (?:of|in"
            r"|to)\b[^.\n]{0,60}\b(?:elderly|children"
            r"|people|users?|customers?|patients?|seniors?|sell|buy|spend|pay|them)\b"
        ),
    ),
    (
        "prediction of crimes from a profile",
        ("commit a crime", "commit crimes", "committing ", "reoffend", "criminal behav"),
        ("predict", "assess", "estimate", "score", "rate"),
        phrase(
            r"\b(?:predict|assess|estimate|score|rate)[^.\n]{0,60}\b(?:will |might |likely to "
            r"|risk of "
            r"|likelihood (?:of|to) |probability of )?(?:commit(?:ting)? (?:a )?crimes?"
            r"|reoffend(?:ing)?|criminal behaviou?r)\b"
            r"[^.\n]{0,60}\b(?:profile|personality|traits|appearance|background|name|photo"
            r"|nationality)\b"
        ),
    ),
    (
        "untargeted collection of face images",
        (
            "facial images",
            "face images",
            "photos of faces",
            "recognition database",
            "face database",
            "facial database",
        ),
        ("scrape", "collect", "harvest", "gather", "download", "build", "create", "expand"),
        phrase(
            r"\b(?:scrape|collect|harvest|gather|download)[^.\n]{0,40}\b(?:facial images"
            r"|photos of faces|face images)\b"
            r"|\b(?:build|create|expand)[^.\n]{0,30}\b(?:face|facial) (?:recognition )?database\b"
        ),
    ),
    (
        "sensitive traits read from a face or a voice",
        (
            "sexual orientation",
            "political ",
            "religio",
            "ethnic",
            "race",
            "sex life",
            "trade union",
            "philosophical",
        ),
        (
            "face",
            "facial",
            "photo",
            "picture",
            "image",
            "voice",
            "gait",
            "biometric",
            "selfie",
            "appearance",
        ),
        phrase(
            r"\b(?:infer|deduce|determine|guess|predict|classify|identify"
            rf"|detect)[^.\n]{{0,60}}\b{_TRAIT}\b[^.\n]{{0,40}}"
            r"\b(?:from|based on|by|using) (?:[a-z']{1,12} ){0,3}(?:face|facial|photo|picture"
            r"|image|voice|gait"
            r"|biometric|appearance|selfie)"
        ),
    ),
)


class ProhibitedPractice(Rule):
    """A practice that the EU AI Act prohibits.

    What it does:
        Flags instructions to score people by their social behavior, to infer the emotions of
        workers or students, to use subliminal techniques or exploit a weakness of people, to
        predict crimes from a profile, to collect face images without a target, or to read
        religion, sexual orientation, ethnicity or political opinion from a face or a voice. Texts
        that forbid, audit or explain such practices do not count.

    Why is this bad?
        These uses are banned in the European Union, with fines of up to 7 % of the turnover.

    Example:
        Infer the emotions of each employee from the call and rank them.

    Use instead:
        Name the topics that customers raised in the call.

    What to do:
        Do not build it; ask your counsel when you think that an exception applies.

    Source:
        EU AI Act (Regulation 2024/1689) article 5(1)(a) to (g).
    """

    code = "CMP001"
    name = "prohibited-practice"
    severity = Severity.ERROR
    shapes = (
        shape(r"social (?:score|scoring|credit)|trustworthiness|good citizen|social behav"),
        shape(
            rf"{_WORKERS}[^.]{{0,36}}(?:emotion|mood)"
            rf"|(?:emotions?|emotional states?|moods?) of (?:[a-z]{{2,5}} )?{_WORKERS}"
        ),
        shape(
            r"subliminal|exploit(?: [a-z]{1,15}){0,5} (?:vulnerabilit|age|disabilit|poverty"
            r"|loneliness|fear|dementia|addiction|grief|ignorance|naivety)"
        ),
        shape(r"commit(?:ting)? (?:a )?crime|reoffend|criminal behav"),
        shape(r"(?:facial|face) (?:images|recognition database|database)|photos of faces"),
        shape(
            rf"{_TRAIT}[^.]{{0,100}}(?:face|facial|photo|picture|image|voice|gait|biometric"
            r"|appearance|selfie)"
        ),
    )
    tags = ("aia-art5",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such instruction, with the practice it belongs to."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for practice, seeds, needed, pattern in _PRACTICES:
                if not any(seed in message.lower for seed in seeds):
                    continue
                if not any(word in message.lower for word in needed):
                    continue
                for match in near(message, pattern, seeds, self.regions, before=150, after=180):
                    if not is_discussed(message, match.start(), match.end()):
                        text = f"this asks for {practice}"
                        yield self.found(prompt, message, match.span(), text)
