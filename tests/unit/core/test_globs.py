"""Globs over paths: what they mean and what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.globs import matches

CASES = {
    "a name in any folder": ("*.md", ["a.md", "x/y/a.md"], ["a.mdx", "a.md/b"]),
    "any number of folders, also none": (
        "prompts/**/*.md",
        ["prompts/a.md", "prompts/x/y/b.md"],
        ["a.md", "my/prompts/a.md"],
    ),
    "everything below": ("prompts/", ["prompts/a", "prompts/x/b"], ["prompts", "x/prompts/a"]),
    "everything below, said with stars": ("prompts/**", ["prompts/x/b"], ["other/b"]),
    "a star stays in its folder": ("prompts/*.md", ["prompts/a.md"], ["prompts/x/a.md"]),
    "from here": ("./prompts/*.md", ["prompts/a.md"], ["x/prompts/a.md"]),
    "one character": ("a?.md", ["ab.md"], ["a.md", "a/.md"]),
    "a choice": ("[ab].md", ["a.md", "x/b.md"], ["c.md"]),
    "all but a choice": ("[!ab].md", ["c.md"], ["a.md"]),
    "a range": ("[a-c].md", ["b.md"], ["d.md", "-.md"]),
    "a range that runs backward": ("[c-ax].md", ["x.md"], ["b.md", "a.md", "-.md"]),
    "all but a range that runs backward": ("[!?-/].md", ["a.md"], [".md"]),
    "a choice is never a slash": ("a[!b]c.md", ["axc.md"], ["a/c.md"]),
    "a dash at an end": ("[-a].md", ["-.md", "a.md"], ["b.md"]),
    "a bracket that nothing closes": ("[.md", ["[.md"], ["a.md"]),
}


@pytest.mark.parametrize(("glob", "meant", "others"), CASES.values(), ids=CASES)
def test_a_glob_means_what_gitignore_says(glob, meant, others):
    assert [path for path in meant if not matches(path, glob)] == []
    assert [path for path in others if matches(path, glob)] == []


@given(st.text("ab/*?[]!.\\^-", max_size=12), st.text("ab/.", max_size=8))
def test_no_glob_is_an_error(glob, path):
    try:
        matches(path, glob)
    except Exception as problem:
        raise AssertionError(glob) from problem
