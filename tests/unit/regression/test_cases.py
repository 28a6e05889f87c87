"""What happened to a case, and who is to blame."""

import pytest

from promptops.golden.case import GoldenCase
from promptops.knowledge.chunking import Chunk
from promptops.regression.cases import Gold, Outcome, judge_case
from promptops.regression.gold import gold_pair

RIGHT, WRONG = Outcome(answer="30 days", score=1.0), Outcome(answer="7 days", score=0.0)
FAILED = Outcome(answer="", score=0.0, error="timeout")
A, B, NULL = (Gold(labeled=True, answer=answer) for answer in ("30 days", "45 days", None))
UNKNOWN = Gold(labeled=False, answer=None)

# sentence: before, after, old gold, new gold, gives the old answer -> verdict, blame
TABLE = {
    "right and right": (RIGHT, RIGHT, A, A, False, "ok", ""),
    "wrong and wrong is nothing new": (WRONG, WRONG, A, A, False, "wrong", "reader"),
    "wrong, then right": (WRONG, RIGHT, A, A, False, "fixed", ""),
    "right, then wrong": (RIGHT, WRONG, A, A, False, "broken", "reader"),
    "right, then no answer at all": (RIGHT, FAILED, A, A, False, "broken", "provider"),
    "the fact changed and the prompt followed": (RIGHT, RIGHT, A, B, False, "expected-change", ""),
    "the fact changed, the old one is given": (RIGHT, WRONG, A, B, True, "stale-answer", "reader"),
    "the fact changed, something else is given": (RIGHT, WRONG, A, B, False, "broken", "reader"),
    "it was wrong before the fact changed": (WRONG, WRONG, A, B, False, "wrong", "reader"),
    "the answer is new and given": (RIGHT, RIGHT, NULL, B, False, "newly-answerable", ""),
    "the answer is new and missed": (RIGHT, WRONG, NULL, B, False, "broken", "reader"),
    "the answer is gone and not given": (RIGHT, RIGHT, A, NULL, False, "expected-change", ""),
    "the answer is gone and still given": (RIGHT, WRONG, A, NULL, True, "stale-answer", "reader"),
    "the answer is gone, one is made up": (RIGHT, WRONG, A, NULL, False, "abstain-miss", "reader"),
    "never answerable, now answered": (RIGHT, WRONG, NULL, NULL, False, "abstain-miss", "reader"),
    "nothing to compare with": (None, RIGHT, UNKNOWN, A, False, "new", ""),
    "nobody said what was right": (RIGHT, RIGHT, UNKNOWN, A, False, "unlabeled", ""),
    "nobody says what is right": (RIGHT, None, A, UNKNOWN, False, "unlabeled", ""),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_the_verdict_of_a_case(row):
    before, after, old, new, stale, verdict, blame = row
    case = judge_case(
        case_id="c",
        before=before,
        after=after,
        gold_before=old,
        gold_after=new,
        gives_old_answer=stale,
    )
    assert (case.verdict, case.blame) == (verdict, blame)
    assert case.reason or verdict == "ok"


def judged(support, *, before=("x", "y"), after=("x", "z"), score=0.0):
    return judge_case(
        case_id="c",
        before=Outcome(answer="30 days", score=1.0, context=before),
        after=Outcome(answer="?", score=score, context=after),
        gold_before=A,
        gold_after=Gold(labeled=True, answer="30 days", support=support),
        gives_old_answer=False,
    )


def test_a_chunk_that_was_crowded_out_is_the_retrievers_fault():
    case = judged(frozenset({"y"}))
    assert (case.verdict, case.blame, case.displaced_by) == ("broken", "retriever", ("z",))
    assert "crowded out" in case.reason


def test_an_answer_in_the_context_that_is_not_used_is_the_readers_fault():
    assert judged(frozenset({"x"})).blame == "reader"


def test_a_golden_answer_that_left_the_knowledge_base_is_nobodys_failure():
    case = judged(frozenset())
    assert (case.verdict, case.blame, case.harmful) == ("gold-stale", "golden-set", False)
    assert not case.comparable
    assert judged(frozenset(), score=1.0).verdict == "ok"


def test_where_one_side_must_abstain_the_sides_are_not_comparable():
    case = judge_case(
        case_id="c",
        before=RIGHT,
        after=RIGHT,
        gold_before=NULL,
        gold_after=B,
        gives_old_answer=False,
    )
    assert not case.comparable


def chunk(name, text, doc="a.md"):
    return Chunk(id=name, doc=doc, heading="", text=text)


OLD = ("2026-06", [chunk("1", "Return within 30 days."), chunk("2", "30 days too", "b.md")])
CASE = GoldenCase(
    id="c", inputs={}, answers={"2026-06": "30 days", "2026-11": "30 days"}, evidence="a.md"
)


def test_support_is_looked_for_in_the_evidence_document_first():
    old, _ = gold_pair(CASE, before=OLD, after=("2026-11", []))
    assert old.support == {"1"}


def test_an_unchanged_answer_that_is_gone_from_the_text_lost_its_support():
    _, new = gold_pair(CASE, before=OLD, after=("2026-11", [chunk("3", "Return within 45 days.")]))
    assert new.support == frozenset()


def test_an_answer_that_never_stood_there_word_for_word_says_nothing():
    text = [chunk("3", "Return within a month.")]
    _, new = gold_pair(CASE, before=("2026-06", text), after=("2026-11", text))
    assert new.support is None


def test_a_number_does_not_match_inside_a_longer_one():
    _, new = gold_pair(
        GoldenCase(id="c", inputs={}, expected="30"), before=None, after=(None, [chunk("1", "130")])
    )
    assert new.support is None


def test_a_label_without_an_answer_is_unlabeled():
    old, new = gold_pair(CASE, before=("2025-01", []), after=("2026-11", []))
    assert (old.labeled, new.labeled) == (False, True)
