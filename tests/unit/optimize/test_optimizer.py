"""The optimizer on models whose behavior is known: what helps, what does not, what it costs."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import optimizing
import pytest
from optimizing import (
    TEXT,
    Counting,
    clock,
    examples_in,
    golden,
    model,
    optimize,
    teachable,
)

from promptops.core.store import BlobStore
from promptops.errors import BudgetExceededError, ProviderTimeoutError, UsageError
from promptops.evaluation import Target
from promptops.llm.cached import CachedChat
from promptops.optimize import Allowance, OptimizeResult, Plan, to_proposal
from promptops.prompts.loader import parse_prompt
from promptops.prompts.writing import dump_prompt
from promptops.scoring import load_scorers
from promptops.tracking.evidence import EvidenceStore


def test_examples_that_help_are_found_and_shown_to_help():
    result = optimize(model(teachable))
    assert result.verdict == "improved"
    assert result.candidate.examples
    assert result.comparison.difference.low > 0
    assert result.comparison.pairs == len(result.best.cases) >= 15
    assert "held-out" in result.reason
    assert result.spent.answers <= 150


def test_a_proposal_raises_the_version_and_changes_the_wording_only():
    file = parse_prompt(TEXT, "topic.prompt.yaml")
    proposal = to_proposal(optimize(model(teachable)), file, clock)
    assert proposal.new_prompt.version == "1.0.1"
    assert proposal.new_prompt.variables == file.prompt.variables
    assert proposal.new_prompt.messages[0] == file.prompt.messages[0]
    assert proposal.evidence["held_out"]["shown"] is True
    assert parse_prompt(dump_prompt(proposal.new_prompt)).prompt == proposal.new_prompt


def test_the_variant_of_the_target_is_what_gets_better():
    text = TEXT + 'variants:\n  - {id: v, messages: [{role: user, content: "{{ message }}"}]}\n'
    result = optimize(
        model(teachable), text=text, target=Target(model="embedded/tiny", variant="v")
    )
    file = parse_prompt(text, "topic.prompt.yaml")
    new = to_proposal(result, file, clock).new_prompt
    assert new.messages == file.prompt.messages
    assert len(new.variant("v").messages) > 4


NOTHING = {
    "wordings make no difference": lambda _: 0.4,
    "examples do harm": lambda request: 0.1 if examples_in(request) else 0.5,
    "there is nothing left to gain": lambda _: 1.0,
    "the task is hopeless": lambda _: 0.0,
}


@pytest.mark.parametrize("right", NOTHING.values(), ids=NOTHING)
def test_nothing_is_proposed_where_nothing_is_better(right):
    result = optimize(model(right))
    assert result.verdict == "no-safe-improvement"
    assert to_proposal(result, parse_prompt(TEXT, "x"), clock) is None
    assert result.reason


def test_noise_is_rarely_promoted():
    """Each wording errs on other messages, none is better; see benchmarks/optimize_null.py."""

    def wording(request):
        return "\n".join(message.content for message in request.messages)

    promoted = sum(
        optimize(model(lambda _: 0.5, salt=lambda r, n=n: f"{n} {wording(r)}")).verdict
        == "improved"
        for n in range(15)
    )
    assert promoted <= 2  # less than one expected


def test_a_prompt_that_is_good_enough_costs_next_to_nothing():
    chat = Counting(model(lambda _: 1.0))
    assert optimize(chat).verdict == "no-safe-improvement"
    assert chat.calls <= 28  # training and dev cases, once


def test_the_allowance_is_kept_and_its_end_is_told():
    chat = Counting(model(teachable))
    result = optimize(chat, budget=Allowance(calls=40))
    assert chat.calls <= 40
    assert result.verdict == "budget-exhausted"
    assert re.search(r"0 of \d+ wordings ran", result.reason)


def test_a_small_allowance_goes_to_the_most_trusted_wordings():
    chat = Counting(model(teachable))
    result = optimize(chat, budget=Allowance(calls=60))
    assert chat.calls <= 60
    assert result.verdict == "improved"
    assert next(each.proposer for each in result.tried) == "few_shot"


def test_a_verdict_without_a_finalist_gives_its_calls_back_to_the_search():
    def described(request):
        return 0.95 if "- delivery:" in request.messages[0].content else 0.2

    said = []
    chat = Counting(model(described))
    result = optimize(chat, budget=Allowance(calls=85), progress=said.append)
    assert chat.calls <= 85
    assert "nothing to judge yet: the search goes on, 10 cases stay held out" in said
    assert result.verdict == "improved"
    assert len(result.base.cases) == 10


def test_a_budget_of_the_chat_ends_the_search_with_the_best_so_far(tmp_path):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    chat = Counting(model(teachable), fail_after=80, problem=BudgetExceededError("80 calls spent"))
    result = optimize(chat, evidence=evidence)
    assert result.verdict == "budget-exhausted"
    assert result.candidate is not None
    assert evidence.latest("optimize") is None


def test_a_killed_search_goes_on_where_it_was_and_ends_the_same(tmp_path):
    whole = optimize(model(teachable))
    store = BlobStore(tmp_path / "answers.db")
    dying = Counting(model(teachable), fail_after=60, problem=KeyboardInterrupt())
    with pytest.raises(BaseException):  # noqa: B017, PT011 - what a killed loop raises
        optimize(CachedChat(dying, store, lambda _: "w"))
    living = Counting(model(teachable))
    result = optimize(CachedChat(living, store, lambda _: "w"))
    assert dying.calls == 60
    assert living.calls == whole.spent.calls - 60
    assert result.candidate == whole.candidate
    assert result.judgment == whole.judgment


def test_an_unchanged_question_costs_nothing(tmp_path):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    chat = Counting(model(teachable))
    first = optimize(chat, evidence=evidence)
    calls = chat.calls
    again = optimize(chat, evidence=evidence)
    assert chat.calls == calls
    assert again.from_evidence
    assert again.calls == 0
    assert OptimizeResult.from_json(first.to_json()).to_json() == again.to_json()
    assert again.candidate == first.candidate
    optimize(chat, evidence=evidence, goal="shorter")
    assert chat.calls > calls


def test_held_out_cases_are_seen_by_two_wordings_only():
    chat = Counting(model(teachable))
    result = optimize(chat)
    held = {case.case_id for case in result.best.cases}
    texts = {case.inputs["message"] for case in golden().cases if case.id in held}
    wordings = {
        tuple(message.content for message in request.messages[:-1])
        for request in chat.seen
        if request.messages[-1].content in texts
    }
    assert len(wordings) == 2
    assert not any(text in part for text in texts for wording in wordings for part in wording)


def test_requests_of_one_wording_follow_each_other():
    chat = Counting(model(teachable))
    result = optimize(chat)
    prefixes = [tuple(m.content for m in request.messages[:-1]) for request in chat.seen]
    changes = sum(a != b for a, b in itertools.pairwise(prefixes))
    assert changes < 3 * len(result.tried)


@pytest.mark.parametrize("goal", ["shorter", "cheaper"])  # what is free is cheaper by its tokens
def test_less_at_no_loss_needs_unchanged_answers(goal):
    result = optimize(model(lambda _: 0.8), goal=goal)
    assert result.verdict == "improved"
    assert result.judgment.claim == "less"
    assert "please" not in result.candidate.prompt.messages[0].content.lower()
    assert "Never invent a label." in result.candidate.prompt.messages[0].content

    def needs_politeness(request):
        return 0.9 if "Please" in request.messages[0].content else 0.3

    assert optimize(model(needs_politeness), goal=goal).verdict == "no-safe-improvement"


def test_a_wording_that_the_model_cannot_take_is_out_and_the_search_goes_on():
    class Narrow:
        async def complete(self, request):
            if examples_in(request) > 4:
                raise ProviderTimeoutError("too long")
            return await model(teachable).complete(request)

    result = optimize(Narrow())
    assert result.verdict == "improved"
    assert any("too long" in (each.refused or "") for each in result.tried)


def test_too_few_cases_can_show_nothing():
    result = optimize(model(teachable), golden_set=golden(8))
    assert result.verdict == "no-safe-improvement"
    assert "add golden cases" in result.reason


def test_the_record_tells_what_was_tried():
    result = optimize(model(teachable), plan=Plan(most_candidates=4))
    names = {each.proposer for each in result.tried}
    assert "few_shot" in names
    assert all(each.parents for each in result.tried)


def test_an_unchanged_question_imports_nothing_heavy(tmp_path):
    evidence = tmp_path / "evidence.db"
    optimize(model(teachable), evidence=EvidenceStore(evidence))
    script = f"""
import sys
sys.path.insert(0, {str(Path(optimizing.__file__).parent)!r})
from pathlib import Path
from optimizing import optimize
from promptops.tracking.evidence import EvidenceStore
result = optimize(None, evidence=EvidenceStore(Path({str(evidence)!r})))
assert result.from_evidence
heavy = "numpy scipy pandas litellm mlflow ragas torch datasets prefect sklearn".split()
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_wording_is_asked_about_what_it_shows():
    chat = Counting(model(teachable))
    optimize(chat)
    for request in chat.seen:
        *shown, asked = [message.content for message in request.messages if message.role == "user"]
        assert asked not in shown


def test_a_saving_is_judged_on_all_cases_where_nothing_was_learned():
    result = optimize(model(lambda _: 0.8), goal="shorter")
    assert result.candidate.learned_from == ()
    assert result.comparison.pairs == 40
    small = optimize(model(lambda _: 0.8), goal="shorter", budget=Allowance(calls=78))
    assert small.spent.answers <= 78
    assert small.comparison is None or small.comparison.pairs < 40


def test_a_search_without_a_verdict_keeps_no_case_back_and_says_so():
    chat = Counting(model(teachable))
    result = optimize(chat, plan=Plan(verdict=False), budget=Allowance(calls=100))
    assert result.verdict == "unproven"
    assert result.candidate.examples
    assert "no held-out case was asked" in result.reason
    assert chat.calls <= 100
    assert to_proposal(result, parse_prompt(TEXT, "x"), clock) is None


def test_the_shortest_wording_that_loses_nothing_is_found_step_by_step():
    padded = TEXT.replace(
        "Please sort the message.",
        "Please kindly sort it. It is very important. Read it in order to sort it, please.",
    )
    right, budget = model(lambda _: 0.8), Allowance(calls=400)
    result = optimize(right, text=padded, goal="shorter", budget=budget)
    assert result.verdict == "improved"
    assert result.comparison.pairs == 40
    assert len(result.candidate.prompt.messages[0].content) < 120
    assert all(each.refused or each.dev_cases == 40 for each in result.tried)


TOO_LITTLE = {"calls": 0}, {"calls": 5}, {"tokens": 0}, {"minutes": 0.0}


@pytest.mark.parametrize("budget", TOO_LITTLE, ids=str)
def test_no_limit_is_ever_exceeded(budget):
    chat = Counting(model(teachable))
    with pytest.raises(BudgetExceededError, match="the budget of"):
        optimize(chat, budget=Allowance(**budget))
    assert chat.calls <= 1


def test_tokens_are_kept_within_their_limit():
    spent = optimize(model(teachable), budget=Allowance(calls=None, tokens=2000)).spent
    assert spent.input_tokens + spent.output_tokens <= 2000


def test_a_metric_that_scores_nothing_is_an_error_with_its_reason():
    with pytest.raises(UsageError, match=r"no case could be scored by numeric: .*expected number"):
        optimize(model(teachable), scorers=load_scorers(["numeric"]))


def test_another_look_at_the_same_cases_is_paid_for(tmp_path):
    evidence = EvidenceStore(tmp_path / "evidence.db")
    assert "looks at" not in optimize(model(teachable), evidence=evidence).reason
    second = optimize(model(teachable), evidence=evidence, plan=Plan(seed=8))
    assert "2 looks at these cases" in second.reason
    assert second.judgment.p_value >= 2 * second.comparison.p_better * 0.999
