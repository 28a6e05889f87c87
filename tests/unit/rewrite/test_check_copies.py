"""Slips, other spellings, frames of courtesy and what is said twice change nothing; what only looks
like them does."""

import pytest
from said import prompt

from promptops.rewrite.check import differences

SAME = {
    "a doubled word": ("Compare it with with the draft.", "Compare it with the draft."),
    "then for than": ("It is shorter then the source.", "It is shorter than the source."),
    "a small L for an I": ("You are an Al assistant.", "You are an AI assistant."),
    "letters for digits": ("Score it from 0 to 1O.", "Score it from 0 to 10."),
    "a slip in a word of grammar": ("Dont guess teh name.", "Don't guess the name."),
    "a slip that only the other side tells": ("Add anyting else.", "Add anything else."),
    "a slip in a heading": ("## Recomendation", "## Recommendation"),
    "a spelling in a label": ("**Catalogue**: all items", "**Catalog**: all items"),
    "a spelling in a name": ("Use the mode 'customise'.", "Use the mode 'customize'."),
    "a slip in an example": (
        "Example: I speak with with Ann.",
        "Example: I speak with Ann.",
    ),
    "single and double quotation marks": ("Look for 'big green'.", 'Look for "big green".'),
    "percent": ("Keep 20% of it.", "Keep 20 percent of it."),
    "a unit": ("Pause for 30 seconds.", "Pause for 30 s."),
    "an hour": ("Call at 3 pm.", "Call at 15:00."),
    "a thousand": ("Use 10k rows.", "Use 10,000 rows."),
    "a range": ("Ask 1-2 questions.", "Ask one or two questions."),
    "a number in emphasis": ("Ask up to **2 good ones**.", "Ask up to **two good ones**."),
    "an ordinal": ("Use the 1st person.", "Use the first person."),
    "grateful if": ("Sort the list.", "I would be grateful if you would sort the list."),
    "would you mind": ("Sort the list.", "Would you mind sorting the list?"),
    "in the field of": ("An expert in law.", "An expert in the field of law."),
    "an intensifier": ("Write a new end.", "Write an entirely new end."),
    "a word that another says": ("Tell the end result.", "Tell the result."),
    "take part": ("Users participate in it.", "Users take part in it."),
    "give consideration": ("Consider the cost.", "Give consideration to the cost."),
    "a list behind a negation": ("Use no slang or jargon.", "Use no jargon or slang."),
    "never again": ("Never share it with Bob. Never.", "Never share it with Bob."),
    "none missed, all told": ("Do not miss any skills. Report all skills.", "Report all skills."),
    "an explanation of something": (
        "Give the pattern only. Do not include explanations of how the pattern grew.",
        "Give the pattern only.",
    ),
}
CHANGED = {
    "a key in another language": ("- version: the number", "- versión: the number"),
    "a key with a letter more": ("- total: the sum", "- totale: the sum"),
    "a heading with an accent": ("## Conclusion", "## Conclusión"),
    "a tag that is spoken of": ("<answer> holds it.", "<antwort> holds it."),
    "a slip made in a key": ("- total: the sum", "- totl: the sum"),
    "morning and evening": ("Call at 3 pm.", "Call at 3 am."),
    "another unit": ("Keep it 30 mm wide.", "Keep it 30 cm wide."),
    "a digit more by a letter": ("Score it from 0 to 1.", "Score it from 0 to 1O."),
    "a bound turned": ("At most {{ n }} words.", "More than {{ n }} words."),
    "no longer than": (
        "It should be no longer than {{ n }} words.",
        "It should be longer than {{ n }} words.",
    ),
    "an alternative with an opposite": (
        "Create a genuine sense of limit.",
        "Create a sense of limit, genuine or made up.",
    ),
    "only some, or the others, too": (
        "Only use verified sources.",
        "Use verified or unverified sources.",
    ),
    "always of what protects": ("Always tell of the danger.", "Tell of the danger."),
    "blocked and allowed": ("Block harmful content.", "Allow harmful content."),
    "hesitate": ("Do not hesitate to disagree.", "Hesitate to disagree."),
    "a prohibition that only does not cover": (
        "Give the summary only. Do not include details of the patient.",
        "Give the summary only.",
    ),
}


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_a_slip_a_frame_or_a_repetition_passes(old, new):
    assert differences(prompt(old), prompt(new).messages) == ()


@pytest.mark.parametrize(("old", "new"), CHANGED.values(), ids=CHANGED)
def test_what_only_looks_like_a_slip_is_found(old, new):
    assert differences(prompt(old), prompt(new).messages)
