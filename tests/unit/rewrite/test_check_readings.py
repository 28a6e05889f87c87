"""Names, roles and stages are told apart, and plainer wordings are read alike."""

import pytest

from promptops.prompts.model import Prompt
from promptops.rewrite.check import differences

CHANGED = {
    "a key before a colon": ("status: open", "state: open"),
    "a value of a key": ("level: medium", "level: moderate"),
    "a value between bars": ("age: egg | baby | child", "age: egg | infant | child"),
    "a value in capitals": ("Decide SUPPORTED / REFUTED.", "Decide SUPPORTED / CONTRADICTED."),
    "a word between single quotation marks": ("Use 'perf' here.", "Use 'speed' here."),
    "a header of a table": ("| Name | Score |", "| Name | Rating |"),
    "what a column is called": ("Add a column named Total.", "Add a column named Sum."),
    "agent and patient": (
        "Explain what parents expect from teachers.",
        "Explain what teachers expect from parents.",
    ),
    "a passive without its exchange": (
        "Thank the person being interviewed.",
        "Thank the person interviewing.",
    ),
    "the agent behind by": (
        "Read messages sent to the manager.",
        "Read messages sent by the manager.",
    ),
    "sides of a participle": (
        "Check that the plan is aligned with the budget.",
        "Check that the budget is aligned with the plan.",
    ),
    "who is made to ask": ("Ask the user three things.", "Have the user ask you three things."),
    "who is who": ("Here you are the guest.", "Here I am the guest."),
    "who was asked": (
        "List questions asked by the interviewer.",
        "List questions asked by the interviewee.",
    ),
    "order across sentences": (
        "Shorten the text. Then list its key terms.",
        "List the key terms of the text. Then shorten it.",
    ),
    "order of several stages": (
        "Sort by day, then stage, then artist.",
        "Sort by artist, then stage, then day.",
    ),
    "any order": ("Run the steps in order.", "Run the steps in any order."),
    "a step besides": ("Ask which output I need.", "Give every output; then ask which I need."),
    "opposites that changed places": (
        "Start with the oldest item and work up to the newest.",
        "Start with the newest item and work up to the oldest.",
    ),
    "what a number counts": (
        "Write five title ideas for the blog post.",
        "Write title ideas for five blog posts.",
    ),
    "another verb is denied": (
        "Do not use fonts as it can make it fail to run.",
        "Use fonts, as without it the text can fail to run.",
    ),
    "all becomes the important ones": ("Keep all links.", "Keep the important links."),
    "a condition of relevance": ("Always name the risk.", "Name the risk where relevant."),
    "a hedge that is gone": ("If possible, cite a study.", "Cite a study."),
    "too much": ("Do not change the wording.", "Do not change the wording too much."),
}


@pytest.mark.parametrize(("old", "new"), CHANGED.values(), ids=CHANGED)
def test_a_name_a_role_or_a_stage_that_changed_is_found(old, new):
    assert differences(prompt(old), prompt(new).messages)


SAME = {
    "unable and cannot": (
        "If you cannot find the answer, say so.",
        "Say so if you are unable to find the answer.",
    ),
    "not enough and insufficient": (
        "Do not guess when the evidence is insufficient.",
        "When there is not enough evidence, do not guess.",
    ),
    "intact and unchanged": (
        "Keep the original meaning intact.",
        "Do not change the original meaning.",
    ),
    "as soon as": ("End when the user says stop.", "End as soon as the user says stop."),
    "should at the beginning": (
        "If the user insists, decline politely.",
        "Politely decline should the user insist.",
    ),
    "none other than": (
        "Only include facts that appear in the article.",
        "Include no facts other than those that appear in the article.",
    ),
    "any that": (
        "If a request is unclear, ask the user to rephrase it.",
        "Ask the user to rephrase any request that is unclear.",
    ),
    "the word that a beginning negates": (
        "Skip answers that are not helpful.",
        "Skip unhelpful answers.",
    ),
    "keep going": (
        "Do not stop until all questions are answered.",
        "Keep going until all questions have been answered.",
    ),
    "removing and leaving out": (
        "Cut every unnecessary word.",
        "Leave out every word that is not needed.",
    ),
    "a bound within a prohibition": (
        "Your answer must not contain more than 200 words.",
        "Your answer must be no longer than 200 words.",
    ),
    "the most and as much as possible": (
        "Say it in the most vivid way possible.",
        "Say it as vividly as you can.",
    ),
    "an idiom for a verb": (
        "Formulate a plan for the trip.",
        "Draw up a plan for the trip.",
    ),
    "a passive with its agent": (
        "The critic quotes the painter.",
        "The painter is quoted by the critic.",
    ),
    "before anything else": (
        "First, read the letter.",
        "Before anything else, read the letter.",
    ),
}


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_a_plainer_wording_passes(old, new):
    assert differences(prompt(old), prompt(new).messages) == ()


def prompt(said: str) -> Prompt:
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "messages": [{"role": "user", "content": f"You help people.\n{said}"}],
        }
    )
