"""What is left out counts as lost unless the prompt still says it, and at the same thing."""

import pytest
from said import prompt

from promptops.rewrite.check import differences

STILL_SAID = {
    "a sentence that a longer one has": (
        "Label and sort all new timestamps.\nLabel and sort all new timestamps, e.g. 10:00 first.",
        "Label and sort all new timestamps, e.g. 10:00 first.",
    ),
    "members said elsewhere of the same thing": (
        "Build search (keyword, semantic, vector).\nRank keyword, semantic and vector search.",
        "Build search.\nRank keyword, semantic and vector search.",
    ),
    "one word at the same neighbor": (
        "Give objective and constructive feedback.\nOffer constructive feedback on the layout.",
        "Give objective feedback.\nOffer constructive feedback on the layout.",
    ),
    "a number at the same neighbor": (
        "Write a 2,000 word article.\nReview the 2,000 word article.",
        "Write a 2,000 word article.\nReview the article.",
    ),
    "what only rules out, behind a comma": (
        "Reply with the corrections and nothing else, do not write explanations.",
        "Reply with the corrections and nothing else.",
    ),
    "what the prompt says of itself": (
        "Translate the page.\n\nThis prompt allows users to adjust the tone easily.",
        "Translate the page.",
    ),
}
LOST = {
    "a condition of its own": (
        "Cite three recent medical studies.\nIf asked, cite three recent medical studies.",
        "If asked, cite three recent medical studies.",
    ),
    "a prohibition that another sentence turns around": (
        "Do not generate new test questions.\nGenerate new test questions for each chapter.",
        "Generate new test questions for each chapter.",
    ),
    "a number of another thing": (
        "Write three summary lines and three headings.\nKeep the summary lines short.",
        "Write three summary lines and headings.\nKeep the summary lines short.",
    ),
    "a word said of something else": (
        "Give objective and constructive feedback.\nDraw a constructive plan.",
        "Give objective feedback.\nDraw a constructive plan.",
    ),
    "what only describes who answers": (
        "You deeply know stories and acceptance criteria.\nWrite stories and acceptance criteria.",
        "You deeply know stories and acceptance criteria.\nWrite stories.",
    ),
    "a name in capitals": (
        "Place all numbered answers in RESPONSES.\nPlace all numbered answers in CALLOUTS.",
        "Place all numbered answers in CALLOUTS.",
    ),
}
SAME = {
    "a wording of several words": ("Separate the two teams.", "Set the two teams apart."),
    "two wordings of one meaning": (
        "Explain it in layman's terms.",
        "Explain it in plain language.",
    ),
    "avoid once for several": ("Avoid slang, avoid jargon.", "Avoid slang and jargon."),
    "a bound by a mark": ("With 10+ years of work.", "With ten or more years of work."),
    "coordinated before a relation": (
        "Collect the shortest and newest clips before the show.",
        "Collect the newest and shortest clips before the show.",
    ),
    "then without a step": ("Your goal is to teach.", "Your goal, then, is to teach."),
    "an arrow is no sign of comparison": ("Map yes -> 1, no -> 0.", "Map yes → 1, no → 0."),
    "a place that is no bound": ("Use the form below.", "Use the form beneath."),
}
CHANGED = {
    "besides is no prohibition": ("Write no notes, only code.", "Besides notes, write only code."),
    "what nothing else excepts": (
        "Reply with code and nothing else, write no notes.",
        "Reply with code and nothing else, apart from notes.",
    ),
    "whoever asks": ("Be open with users.", "Be open with users who complain."),
    "an aside that gives it away": ("Suggest dishes.", "Suggest dishes (shakshuka)."),
    "a weaker verb": ("Prevent unauthorized access.", "Discourage unauthorized access."),
    "a duty that is aimed for": ("Ensure compliance.", "Aim for compliance."),
    "one avoid for what is then allowed": ("No hype, no jargon.", "No hype, but jargon."),
    "a sign of comparison": ("Add one where the score is >= 5.", "Add one where the score is > 5."),
    "a blank to be filled": ("You are a ____ for travelers.", "You are an expert for travelers."),
    "a name in brackets": ("Mark it as [Unverified].", "Mark it as [Unconfirmed]."),
    "the letter of a level": ("Meet WCAG Level AA.", "Meet WCAG Level A."),
    "what a state is called": ("ROLE MODE ACTIVATED", "ROLE MODE ENABLED"),
    "a thing set free behind a semicolon": (
        "Do not invent or infer missing text.",
        "Do not invent missing text; infer it.",
    ),
    "nothing else that became anything else": (
        "Reply with the code and nothing else.",
        "Reply with the code and anything else.",
    ),
    "time permitting": ("Use secure tools.", "Use, where time permits, secure tools."),
    "members of a list of names": (
        "Pick one of [Brand, Cognitive, Content].",
        "Pick one of [Brand, Mental, Content].",
    ),
}


@pytest.mark.parametrize(
    ("old", "new"), [*STILL_SAID.values(), *SAME.values()], ids=[*STILL_SAID, *SAME]
)
def test_what_is_still_said_passes(old, new):
    assert differences(prompt(old), prompt(new).messages) == ()


@pytest.mark.parametrize(("old", "new"), [*LOST.values(), *CHANGED.values()], ids=[*LOST, *CHANGED])
def test_what_is_lost_or_changed_is_told(old, new):
    assert differences(prompt(old), prompt(new).messages)
