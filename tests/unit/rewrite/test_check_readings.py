"""Names, roles and stages are told apart, and plainer wordings are read alike."""

import pytest
from said import prompt

from promptops.rewrite.check import differences

CHANGED = {
    "directions that changed places": (
        "Use a thumbs up for yes and a thumbs down for no.",
        "Use a thumbs down for yes and a thumbs up for no.",
    ),
    "a direction that stands nearby": (
        "Turn on the light; turn off the fan; turn on the radio.",
        "Turn on the light; turn off the fan; turn off the radio.",
    ),
    "a negation that moved from sharing to only": (
        "Never share passwords; only share links.",
        "Share passwords; never only share links.",
    ),
    "the last of several things taken out of a prohibition": (
        "Do not add, remove or change fields.",
        "Do not add or remove, but change fields.",
    ),
    "what would only be welcome": ("Include a disclaimer.", "A disclaimer would be nice."),
    "placeholders of a path": ("Use {{HOME}}/in/{{AREA}}.", "Use {{AREA}}/in/{{HOME}}."),
    "placeholders in template text that is shown as it stands": (
        "At {% raw %}{{HOME}}{% endraw %}/in/{% raw %}{{AREA}}{% endraw %}",
        "At {% raw %}{{AREA}}{% endraw %}/in/{% raw %}{{HOME}}{% endraw %}",
    ),
    "a negation that moved to only": (
        "Do not mock the logic - only its borders.",
        "Mock the logic - not only its borders.",
    ),
    "a demand that is optional, beside a negation in other words": (
        "Maintain the standards with proper citations.",
        "Maintain the standards; proper citations are optional.",
    ),
    "a demand that is optional, beside a prohibition": (
        "Do not guess, and cite your sources.",
        "Do not guess, and optionally cite your sources.",
    ),
    "a demand that is left to the reader": (
        "Cite your sources.",
        "Cite your sources; this is up to you.",
    ),
    "a member of what is to be said, spoken of elsewhere": (
        "State the benefits, the dose, and the risks.\nExplain the risks well.",
        "State the benefits and the dose.\nExplain the risks well.",
    ),
    "an opposite that stands nearby": (
        "Give one up arrow if it grows, one down arrow if not, up being the usual.",
        "Give one down arrow if it grows, one down arrow if not, up being the usual.",
    ),
    "a sentence that shares its one heavy word": (
        "Check the inputs. Check the outputs.",
        "Check the inputs.",
    ),
    "a thing taken out of a prohibition": (
        "Do not add or change lines.",
        "Do not add, but change lines.",
    ),
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
    "particles of verbs in another order": (
        "Point out slips in the text.",
        "In the text, point out slips.",
    ),
    "a prohibition in another order beside but": (
        "Do not add or change fields, but keep them.",
        "Do not change or add fields, but keep them.",
    ),
    "backticks around a path": ("Edit src/app/page.tsx now.", "Edit `src/app/page.tsx` now."),
    "backticks around a package": ("Use @xyflow/react here.", "Use `@xyflow/react` here."),
    "backticks around a name with an underscore": (
        "Read SESSION_LOG.md and my-tool.config.json.",
        "Read `SESSION_LOG.md` and `my-tool.config.json`.",
    ),
    "a number word in a name": (
        "Make 3 versions: one short, one long.",
        "Make three versions: one short, one long.",
    ),
    "hyphens of beginnings that negate": (
        "Find a counter-intuitive anti-pattern.",
        "Find a counterintuitive antipattern.",
    ),
    "hyphens of other beginnings": (
        "Send an e-mail for each pre-defined, non-technical sub-task.",
        "Send an email for each predefined, nontechnical subtask.",
    ),
    "a lost word of such as": (
        "List styles such tips on color.",
        "List styles such as tips on color.",
    ),
    "a lost word of a set phrase": (
        "Say it in simple and go on.",
        "Say it in simple terms and go on.",
    ),
    "an enumeration behind a preposition": (
        "Have knowledge of Node.js, VS Code, Git, and Playwright.",
        "Have knowledge of Git, Node.js, Playwright, and VS Code.",
    ),
    "a verb of several words": (
        "Set this show apart from others.",
        "Differentiate this show from others.",
    ),
    "names of the same things": ("Create relevant visuals.", "Create relevant images."),
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
