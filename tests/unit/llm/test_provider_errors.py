"""Each way in which LiteLLM fails has a meaning here."""

import inspect

import pytest

from promptops.errors import MissingKeyError, PromptOpsError, ProviderError
from promptops.llm.litellm_chat import load_litellm
from promptops.llm.provider_errors import MEANINGS, meaning, retry_after_s, translate


def test_every_exception_class_of_litellm_is_in_the_table():
    load_litellm()
    from litellm import exceptions

    classes = {
        name
        for name, found in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == exceptions.__name__
    }
    assert len(classes) > 20
    assert classes <= set(MEANINGS)


def test_every_meaning_is_an_error_of_ours_and_only_failures_of_the_provider_pass():
    for name, found in MEANINGS.items():
        assert issubclass(found.error, PromptOpsError), name
        assert not found.transient or issubclass(found.error, ProviderError), name


def test_our_own_error_comes_out_as_it_went_in():
    ours, wrapped = MissingKeyError("no key"), RuntimeError("wrapped by a library")
    wrapped.__context__ = ours
    assert translate(wrapped, "m") is ours


def test_a_crash_that_nobody_knows_is_a_broken_provider_and_not_repeated():
    assert meaning(ZeroDivisionError()) == (ProviderError, False)
    assert str(translate(ZeroDivisionError("division by zero"), "m")) == "m: division by zero"


class AnsweredError(Exception):
    def __init__(self, headers):
        self.response = type("Response", (), {"headers": headers})


WAITS = {
    "seconds": ({"retry-after": "2.5"}, 2.5),
    "a date, which we do not read": ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    "nothing": ({}, None),
    "a number that runs backward": ({"retry-after": "-3"}, 0.0),
}


@pytest.mark.parametrize(("headers", "expected"), WAITS.values(), ids=WAITS)
def test_what_a_provider_asks_us_to_wait(headers, expected):
    assert retry_after_s(AnsweredError(headers)) == expected
