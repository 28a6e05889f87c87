"""CMP008."""

from collections.abc import Iterator

from promptops.lint.compliance import is_discussed
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("face", "photo", "picture", "image", "voice", "fingerprint", "footage", "selfie",
          "recording", "gait", "video", "camera")  # fmt: skip
_MEDIUM = (
    r"(?:photos?|pictures?|images?|selfies?|footage|videos?|recordings?|camera|cctv|faces?|voices?)"
)
_PATTERN = phrase(
    r"\b(?:identify|recogni[sz]e|name|tell me|determine|find out|say)(?: who)?(?: is| are)?"
    r" (?:the |this |that |each |every |any |these )?(?:real )?(?:person|people|man|woman"
    r"|individuals?|persons|stranger|speaker|suspect"
    r"|employees?|customers?|protesters?) (?:is |are |shown |seen |visible |speaking )?(?:in|on"
    r"|from|by|behind) (?:the |this |a |an |these |their )?(?:attached |uploaded "
    rf"|given )?{_MEDIUM}\b"
    r"|\b(?:tell me|say|determine|find out|identify) who (?:is|are|this is"
    rf"|the [a-z]{{3,12}} is)(?: [a-z]{{2,10}}){{0,2}} (?:in|on) (?:the |this |a "
    rf"|these )?{_MEDIUM}\b"
    r"|\b(?:match|compare) (?:the |this |each |a |every )?(?:face|faceprint|voice|voiceprint"
    r"|fingerprint|gait)s?[^.\n]{0,30}\b(?:against|with|to)\b[^.\n]{0,30}\b(?:database"
    r"|watch ?list|gallery|records|employees|customers|suspects|profiles)\b"
    r"|\b(?:identify|recogni[sz]e) (?:people|persons|individuals|employees|customers|suspects"
    r"|visitors)[^.\n]{0,30}\b(?:by|from|using) (?:their |the )?(?:faces?|voices?|gait"
    r"|fingerprints?|biometric)"
)


class BiometricIdentification(Rule):
    """People are identified by their face, voice or body.

    What it does:
        Flags instructions to say who the person in a photo, video or recording is, to match a
        face, voice or fingerprint against a database, or to recognize people by their faces.
        Telling objects, text or expressions in a picture does not count, nor does a refusal.

    Why is this bad?
        Biometric data is a special category; remote identification is high-risk or prohibited,
        and model providers forbid it.

    Example:
        Identify the person in the photo and name the company they work for.

    Use instead:
        Describe the photo without saying who is in it.

    What to do:
        Drop the identification, or settle its legal ground with your data protection officer.

    Source:
        GDPR article 9(1); EU AI Act article 5(1)(h) and annex III(1).
    """

    code = "CMP008"
    name = "biometric-identification"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:identify|recogni.e|name|tell me|determine|find out|say)(?: who)?(?: is| are)?"
            r" (?:[a-z]{2,6} ){0,2}(?:person|people|man|woman|individual|stranger|speaker|suspect"
            r"|employee|customer|protester|visitor)"
        ),
        shape(r"(?:tell me|say|determine|find out|identify) who"),
        shape(r"(?:match|compare) (?:the |this |each |a |every )?(?:face|voice|fingerprint|gait)"),
    )
    tags = ("gdpr-art9", "aia-art5")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such instruction."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=120, after=120):
                if not is_discussed(message, match.start(), match.end()):
                    text = "this identifies people by their body"
                    yield self.found(prompt, message, match.span(), text)
