"""Set phrases and their shorter forms, by class.

Sources of the pairs: the plain-language lists of the United States government (plainlanguage.gov,
"Use simple words and phrases") and of the European Union ("How to write clearly", hint 8), and
what collections of real prompts begin their sentences with. Only pairs that keep the meaning, the
grammar around them, and save at least a word.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from promptops.lint.phrases import phrase
from promptops.optimize.compressing.edit import Edit, Source

_WORDY = """
to: in order to | so as to | in an effort to | as a means to | for the sole purpose of being able to
because: due to the fact that | owing to the fact that | in light of the fact that
because: on account of the fact that | by virtue of the fact that | for the reason that
because: as a result of the fact that | in view of the fact that | given the fact that
because of: as a consequence of | on account of
although: in spite of the fact that | despite the fact that | regardless of the fact that
although: notwithstanding the fact that
if: in the event that | in the case that | under circumstances in which | on the condition that
if: in case it is so that | if it is the case that | if it should happen that | provided that
when: at the time when | at such time as | on the occasion when | at the point in time when
when: in a situation in which | in situations in which | in cases in which | in the situation where
until: until such time as | up until
while: during the time that | during the course of the time that | for the duration of the time that
during: during the course of | throughout the course of | over the course of | in the course of
now: at this point in time | at the present time | at this moment in time | as of this moment
now: at the present moment | at this juncture | as of right now
then: at that point in time | at that moment in time
before: prior to | in advance of | previous to | at a time before | ahead of the time of
after: subsequent to | following on from | at the conclusion of | after the completion of
about: with regard to | with regards to | in regard to | in regards to | with reference to
about: in reference to | with respect to | in connection with | pertaining to | in relation to
about: on the subject of | concerning the matter of | on the topic of | on the matter of
about: as regards | in the matter of | relating to the subject of
for: for the purpose of | for the purposes of | for a period of
by: by means of | by way of | through the use of | via the use of | by virtue of
with: in conjunction with | in combination with | with the help of | with the use of
with: with the aid of | together with | along with | in association with
under: under the provisions of | in accordance with the provisions of
following: in accordance with | in compliance with | in conformance with | in conformity with
following: in keeping with
like: in a manner similar to | in the same way as | in the same manner as | similar to
like: in a similar fashion to | along the lines of | in the style of the way of
near: in close proximity to | in the vicinity of | in the immediate vicinity of
among: in the midst of
between: in between
in: within the context of | in the context of | in the area of
in: in the field of | in the realm of | within the realm of | in the domain of
many: a large number of | a great number of | a wide range of | a wide variety of | a great many
many: a broad range of | a vast number of | a significant number of | a multitude of | a host of
many: a large variety of | a considerable number of | a wide array of | a broad array of
some: a certain number of | a limited number of
most: the majority of | the vast majority of | the great majority of | a majority of
much: a large amount of | a great deal of | a significant amount of | a considerable amount of
every: each and every
all: any and all | all of the | the totality of | the entirety of | the whole of
first: first and foremost | first of all
finally: in the final analysis
sometimes: from time to time
often: in many cases | on many occasions | in a large number of cases
usually: in most cases | in the majority of cases | in most instances | as a general rule
always: at all times | in every case | on every occasion | in each and every case
soon: in the near future | at an early date
so: as a result | as a consequence | for this reason | for that reason | it follows that
so: in consequence
also: in addition to this | in addition to that | along the same lines
besides: in addition to | over and above
can: has the ability to | have the ability to | is able to | are able to | has the capability to
can: have the capability to | is capable of being able to | are in a position to
can: is in a position to
may: has the permission to | it is possible that you may | is allowed to | are allowed to
needs: has a need for | has a requirement for | is in need of
need: have a need for | have a requirement for | are in need of
consider: take into consideration | take into account | give consideration to | give thought to
decide: make a decision | come to a decision | reach a decision | arrive at a decision
decide: make a determination
decide on: make a decision about | make a decision on | come to a decision on
conclude: come to the conclusion | draw the conclusion | reach the conclusion
assess: make an assessment of | carry out an assessment of | perform an assessment of
analyze: carry out an analysis of | perform an analysis of | conduct an analysis of
analyze: do an analysis of | make an analysis of | provide an analysis of | give an analysis of
evaluate: carry out an evaluation of | perform an evaluation of | conduct an evaluation of
review: carry out a review of | perform a review of | conduct a review of
summarize: provide a summary of | give a summary of | write a summary of | make a summary of
summarize: produce a summary of | create a summary of
describe: provide a description of | give a description of | write a description of
explain: provide an explanation of | give an explanation of | write an explanation of
explain: provide an explanation for | give an explanation for
compare: make a comparison of | provide a comparison of
list: provide a list of | give a list of | make a list of | write a list of | come up with a list of
use: make use of | make full use of | take advantage of the use of | utilize
uses: makes use of | utilizes
using: making use of | utilizing
help: be of assistance to | provide assistance to | render assistance to | give assistance to
help: provide help to
check: make a check of | carry out a check of | perform a check on
change: make a change to | make changes to
improve: make improvements to | make an improvement to
edit: make edits to
suggest: make a suggestion about | make suggestions about | make suggestions for
mention: make mention of
refer to: make reference to | make a reference to
show: serve to show | give an indication of
is about: has to do with | is concerned with
given: that is provided to you | that is given to you | which is provided to you
given: that has been provided to you | that you have been given | that you were given
given: that you will be given | that will be given to you | that will be provided to you
given: that has been provided | that was provided to you
below: that is provided below | that is given below | that you find below | that follows below
below: provided below | given below | presented below | shown below | listed below
above: mentioned above | described above | provided above | given above | listed above
whether: the question of whether | the question as to whether | as to whether
that: the fact that
how: the way in which | the manner in which | the process by which
where: the place where | the location where
whenever: at any time when | each time that | every time that
why: the reason why | the reasons why
enough: a sufficient amount of | a sufficient number of | an adequate number of
despite: in spite of
clear: clear and easy to understand | clear and understandable | easy to understand and clear
short: short and brief | brief and short | short and concise | brief and concise
concise: clear and concise | concise and clear | concise and to the point | succinct and concise
detailed: comprehensive and detailed | detailed and comprehensive | thorough and detailed
detailed: detailed and thorough | in-depth and detailed | detailed and in-depth
thorough: comprehensive and thorough | thorough and comprehensive
engaging: engaging and captivating | captivating and engaging | engaging and compelling
accurate: accurate and precise | precise and accurate | true and accurate | accurate and correct
correct: true and correct | right and correct
relevant: relevant and pertinent | pertinent and relevant
basics: basic fundamentals
result: end result | final result | final outcome
goal: end goal | ultimate goal
plan: advance plan | future plan
facts: true facts | actual facts
essential: absolutely essential | completely essential
necessary: absolutely necessary
unique: completely unique | very unique
new: brand new
same: exact same | very same
combine: combine together | merge together
collaborate: collaborate together
repeat: repeat again
return: return back
step by step: in a step-by-step manner | in a step by step manner | in a step-by-step fashion
carefully: in a careful manner | in a careful way
clearly: in a clear manner | in a clear way | in a clear and concise manner
clearly: in a clear and understandable manner | in an understandable manner
concisely: in a concise manner | in a concise way
professionally: in a professional manner | in a professional way
accurately: in an accurate manner
quickly: in a timely manner | in a timely fashion | in a quick manner
politely: in a polite manner | in a polite way
logically: in a logical manner | in a logical order
consistently: in a consistent manner
daily: on a daily basis
weekly: on a weekly basis
monthly: on a monthly basis
regularly: on a regular basis
"""

_LEADS = """
| it is important to note that | it is important to remember that | it is worth noting that
| it should be noted that | it is worth mentioning that
| it is important that you | it is essential that you | it is crucial that you
| it is vital that you
| please note that | please be aware that | please be advised that | please keep in mind that
| please remember that | please remember to | keep in mind that | bear in mind that | note that
| be aware that | remember that | remember to | make sure to | make sure that you
| make sure you | be sure to | be sure that you | ensure that you | please make sure to
| please make sure that you | please make sure you | please ensure that you | please be sure to
| you should make sure to | you need to make sure to | do make sure to
| as previously mentioned, | as mentioned above, | as mentioned earlier, | as stated above,
| as noted above, | as an ai language model, | as an ai assistant, | as an ai model, | as an ai,
| needless to say, | as you know, | as you may know, | in other words,
| for all intents and purposes, | at the end of the day, | generally speaking, | basically,
| essentially, | in essence, | in general, | overall, | to be clear, | simply put,
| with that being said, | that being said, | with this in mind, | with that in mind,
| having said that,
| to get started, | to begin with, | first and foremost,
| your task is to | your task will be to | your job is to | your job will be to | your goal is to
| your role is to | your purpose is to | your mission is to | your objective is to
| your primary task is to | your main task is to | your primary goal is to | your main goal is to
| your primary responsibility is to | your main responsibility is to | your responsibility is to
| your task here is to | the task is to | in this task, your task is to | your assignment is to
| in this task, your job is to | in this task, you have to | in this task, you need to
| in this task, you are asked to | in this task, you will have to | for this task, you need to
| for this task, you have to | for this task, you should
| you are asked to | you are being asked to | you have been asked to | you are required to
| you are expected to | you are supposed to | you are instructed to | you are requested to
| you will be asked to | you will be required to | you will be expected to | you will need to
| you will have to | you are going to | you are here to | it is your job to | it is your task to
| i want you to | i would like you to | i'd like you to | i’d like you to | i need you to
| i am asking you to | i will ask you to | i would like for you to | i'm asking you to
| i would really like you to | i really want you to | what i want you to do is
| what you need to do is
| what you have to do is | the first thing you should do is | your first task is to
| take the time to | take your time to | take the necessary time to | do your best to
| try your best to | try your hardest to | make every effort to | strive to | aim to | endeavor to
| you should always strive to | go ahead and | you should | you need to | you have to | you ought to
"""

_POLITE = """
| could you please | can you please | would you please | will you please | could you kindly
| can you kindly | would you kindly | please kindly | kindly please | please do | if you please
| would you be so kind as to | i would appreciate it if you could
| i would appreciate it if you would | i would be grateful if you could | please | kindly
"""

_EMPHASIS = """
| very | really | extremely | absolutely | truly | incredibly | exceptionally | highly | completely
| totally | utterly | deeply | thoroughly and completely | quite | fully and completely
"""

_HEDGES = """
| if at all possible | if possible | as much as possible | as far as possible | where possible
| whenever possible | wherever possible | to the best of your ability
| to the best of your abilities
| to the best of your knowledge | to the extent possible | as best as you can | as best you can
| as well as you can | if you can | in your opinion | more or less | kind of | sort of | somewhat
| perhaps | i think that | i believe that | it seems that | in some way | in any way you like
"""

_TELEGRAM = """
| the | a | an | which is | which are | who is | who are | then | also
| own | respective
and: as well as
per: for each | for every
via: with the help of | through
if: in case
vs: compared to | in comparison to
"""


def _pairs(table: str) -> Iterator[tuple[str, str]]:
    for line in table.strip().splitlines():
        short, _, long = line.partition(":") if not line.startswith("|") else ("", "", line)
        for each in long.split("|"):
            if each.strip():
                yield each.strip(), short.strip()


_WORDS = {
    "wordy phrase": dict(_pairs(_WORDY)),
    "lead-in": dict(_pairs(_LEADS)),
    "politeness": dict(_pairs(_POLITE)),
    "emphasis": dict(_pairs(_EMPHASIS)),
    "hedge": dict(_pairs(_HEDGES)),
    "articles and small words": dict(_pairs(_TELEGRAM)),
}
PHRASES: Mapping[str, Mapping[str, str]] = _WORDS
"""Class -> what people write -> what says the same; empty where nothing is lost without it."""

_STAND_ALONE = (
    # What an imperative cannot begin with: "you should be", "note that the", "you will also".
    r"(?!(?:be|been|being|have|has|had|is|are|was|were|also|then|always|either|the|a|an|this|that"
    r"|these|those|it|its|there|your|you|they|we|i|he|she|if|when|all|any|each|every|some|now|just"
    r"|not|still|rather|probably|already)\b)(?=[a-z])"
)
_TO_VERB = re.compile(r"(?:to|you|do is|and|should|can|could|would|will|please|kindly)$")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    longest_first = sorted(PHRASES[kind], key=len, reverse=True)
    return phrase(rf"(?<![\w'’-])(?:{'|'.join(map(_escaped, longest_first))})(?![\w'’-])")


def _escaped(words: str) -> str:
    # `phrase` gives blanks their meaning; `re.escape` would take it from them.
    return re.escape(words).replace("\\ ", " ")


def phrase_edits(source: Source, kind: str) -> Iterator[Edit]:
    """The phrases of one class in the instructions, each with what says the same."""
    if kind == "politeness":
        yield from _trailing_please(source)
    for match in _pattern(kind).finditer(source.lower):
        start, end = match.span()
        written = " ".join(match.group().split())
        if source.instructs(start, end) and _fits(source, kind, written, start, end):
            yield source.replaced(start, end, PHRASES[kind][written], kind)


def _fits(source: Source, kind: str, written: str, start: int, end: int) -> bool:
    """Whether the sentence still stands without the phrase, or with the shorter one."""
    after = source.lower[end : end + 24].lstrip(" \t\n,")
    if kind == "emphasis":
        # Before a word that it strengthens; "very" alone, or "quite a few", means something.
        return source.lower[end : end + 1] == " " and bool(re.match(r"(?!an?\b|the\b)[a-z]", after))
    if kind == "articles and small words":
        # "The" before a proper name or a tag, "a)" in a list, "such a" are something else.
        return bool(re.match(r"[ \t][a-z]", source.text[end : end + 2]))
    if kind == "hedge":
        return bool(re.match(r"[ \t]{0,2}(?:[.,;)\n]|and\b|[a-z]|$)", source.lower[end : end + 24]))
    if kind == "lead-in" and not source.at_sentence_start(start):
        return False
    if kind in {"lead-in", "politeness"} and _TO_VERB.search(written):
        # What follows becomes the beginning of an order.
        return bool(re.match(r"[a-z]", after)) and (
            kind == "politeness" or bool(re.match(_STAND_ALONE, after))
        )
    return bool(after) if kind == "lead-in" else True


_PLEASE_END = re.compile(r",?[ \t]{1,2}please(?=[ \t]{0,2}[.!?\n])")


def _trailing_please(source: Source) -> Iterator[Edit]:
    for match in _PLEASE_END.finditer(source.lower):
        if source.instructs(*match.span()):
            yield Edit(
                start=match.start(), end=match.end(), new="", kind="politeness", shown="please"
            )
