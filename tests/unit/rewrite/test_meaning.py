"""What speaks for or against a rewrite: structure, similarity, a judge."""

import json
from dataclasses import replace

import anyio
import pytest

from promptops.core.statistics import Interval
from promptops.errors import PolicyError, ProviderError, UsageError
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.entailment import SCORER, entailment
from promptops.rewrite.meaning import similarity
from promptops.rewrite.verification import verify
from promptops.scoring.calibration import Confusion, JudgeAgreement
from promptops.scoring.judging import REVISION
from promptops.testing.embedders import HashingEmbedder

OLD = "Answer the customer. Never give legal advice."


def prompt(text: str) -> Prompt:
    return Prompt.model_validate(
        {
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "messages": [{"role": "user", "content": text}],
        }
    )


def messages(text: str) -> tuple[MessageTemplate, ...]:
    return prompt(text).messages


def answers(verdict: str) -> ScriptedChat:
    return ScriptedChat({"": json.dumps({"reason": "it differs", "verdict": verdict})})


def ask(new: str, chat: ScriptedChat, judge: str = "judge/one", *, base: str = OLD, **options):
    async def run():
        return await entailment(prompt(base), messages(new), chat, judge, **options)

    return anyio.run(run)


def test_other_marks_are_the_same():
    marked = "- Answer the customer.\n- **Never** give legal advice."
    found = similarity(prompt(OLD), messages(marked), HashingEmbedder())
    assert (found.whole, found.lowest) == (1.0, 1.0)


def test_the_lowest_sentence_is_named():
    new = "Answer the customer. Sing about green bicycles."
    found = similarity(prompt(OLD), messages(new), HashingEmbedder())
    assert found.lowest < found.whole < 1
    assert found.sentence in {"Never give legal advice", "Sing about green bicycles"}


def test_a_dropped_sentence_is_compared_with_all_that_is_left():
    found = similarity(prompt(OLD), messages("Answer the customer."), HashingEmbedder())
    assert found.lowest < 0.5
    assert found.sentence == "Never give legal advice"


def test_a_judge_is_asked_both_ways_about_what_changed_only():
    chat = answers("yes")
    said = ask(OLD.replace("give legal", "offer legal"), chat)
    assert said.mutual
    assert said.asked == len(chat.requests) == 2
    shown = [request.messages[-1].content for request in chat.requests]
    assert all("Answer the customer" not in text for text in shown)
    assert shown[0].index("give legal") < shown[0].index("offer legal")
    assert shown[1].index("offer legal") < shown[1].index("give legal")


def test_what_the_judge_doubts_is_a_reason():
    said = ask("Answer the customer.", answers("no"))
    assert [(each.lost, each.reason) for each in said.doubts] == [(True, "it differs")]
    assert not said.mutual


def test_nothing_is_asked_when_only_marks_changed():
    chat = answers("no")
    assert ask(f"## Task\n\n{OLD}", chat).mutual
    assert not chat.requests


def test_an_answer_without_a_verdict_is_an_error_that_says_so():
    with pytest.raises(ProviderError, match="no verdict that can be read"):
        ask("Answer the customer.", ScriptedChat({"": "maybe"}))


def test_a_small_judge_that_was_not_measured_is_refused():
    with pytest.raises(UsageError, match="may not judge"):
        ask("Answer the customer.", answers("no"), judge="embedded/smollm2-135m")
    said = ask(
        "Answer the customer.", answers("no"), judge="embedded/smollm2-135m", uncalibrated=True
    )
    assert "uncalibrated" in said.judge


def test_a_judge_at_chance_is_refused():
    chance = Interval(estimate=0.0, low=-0.1, high=0.1)
    measured = JudgeAgreement(
        n=50,
        accuracy=Interval(estimate=0.5, low=0.4, high=0.6),
        kappa=chance,
        confusion=Confusion(right_yes=25, false_yes=25, false_no=0, right_no=0),
        revision=REVISION,
    )
    with pytest.raises(UsageError, match="no better than chance"):
        ask(OLD, answers("yes"), calibration={"judge/one": {SCORER: measured}})


def test_a_judge_is_not_shown_what_it_must_not_see():
    with pytest.raises(PolicyError, match="leaves the EU"):
        ask("Answer the customer.", answers("yes"), permit=lambda _prompt: "it leaves the EU")


SMALL = "embedded/qwen2.5-coder-1.5b"
SOFT = "Give them a lullaby. Never lie."
REWORDED = SOFT.replace("lullaby", "cradlesong")
LIKELY = "Write a function that spits the data. Never lie."


def small_judge(answer: str, new: str = REWORDED):
    chat = ScriptedChat({"": answer})

    async def run():
        return await entailment(prompt(SOFT), messages(new), chat, SMALL)

    found = verify(prompt(SOFT), messages(new))
    return chat, replace(found, entailment=anyio.run(run))


def test_a_small_judge_releases_what_only_unknown_words_speak_against():
    chat, found = small_judge("Yes")
    assert found.passed
    assert found.structural == ()
    assert [each.new for each in found.released] == ["Give them a cradlesong"]
    assert SMALL in found.to_json()["released"][0]["why"]
    assert len(chat.requests) == 2
    # "Yes" has to be surer than "No" by what was fitted.
    (bias,) = chat.requests[0].params["logit_bias"].values()
    assert bias < 0


def test_what_a_small_judge_does_not_release_stands():
    chat, found = small_judge("No")
    assert not found.passed
    assert found.structural
    assert found.released == ()
    assert len(chat.requests) == 1


@pytest.mark.parametrize(
    "new",
    [
        REWORDED.replace("Never lie", "Lie"),
        SOFT.replace("Never lie.", ""),
        SOFT.replace("Never lie", "Do not lie"),
    ],
    ids=["beside a lost negation", "a lost sentence", "what passes anyway"],
)
def test_a_small_judge_is_not_asked_about(new):
    chat, found = small_judge("Yes", new)
    assert not chat.requests
    assert found.passed == (not verify(prompt(SOFT), messages(new)).differences)


def test_likely_words_pass_and_unlikely_ones_are_refused_with_their_reason():
    likely = verify(prompt(LIKELY), messages(LIKELY.replace("spits", "dumps")))
    assert likely.passed
    assert likely.differences
    assert "likely the same" in likely.to_json()["released"][0]["why"]
    unlikely = verify(prompt(SOFT), messages(SOFT.replace("lullaby", "walrus")))
    assert unlikely.reasons == ('"lullaby" became "walrus"',)
    assert "released" not in unlikely.to_json()


def test_a_likely_word_is_not_looked_at_beside_another_difference():
    new = LIKELY.replace("spits", "dumps").replace("Never lie", "Lie")
    found = verify(prompt(LIKELY), messages(new))
    assert not found.likely
    assert len(found.reasons) > 1


def test_a_judge_must_be_surer_of_unlikely_words():
    chats = [
        small_judge("Yes", SOFT.replace("lullaby", new))[0] for new in ("cradlesong", "walrus")
    ]
    near, far = (next(iter(c.requests[0].params["logit_bias"].values())) for c in chats)
    assert far < near


def test_a_small_judge_that_says_neither_is_an_error():
    with pytest.raises(ProviderError, match="not Yes or No"):
        small_judge("Perhaps")


def test_a_large_judge_releases_and_doubts():
    for verdict, passed in (("yes", True), ("no", False)):
        said = ask(REWORDED, answers(verdict), base=SOFT)
        found = replace(verify(prompt(SOFT), messages(REWORDED)), entailment=said)
        assert found.passed == passed


def test_one_face_for_all():
    weak = verify(prompt(OLD), messages(OLD.replace("Never", "Always")), embedder=HashingEmbedder())
    assert not weak.passed
    assert weak.to_json()["differences"] == list(weak.reasons)
    good = verify(prompt(OLD), messages(OLD.replace("Never", "Do not ever")))
    assert good.passed
    assert good.to_json() == {"differences": []}
