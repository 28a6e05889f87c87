"""How long hostile texts of 256 KiB take: whatever any rule looks for, over and over.

The limit is one second for each. Texts: every rule's bad example and every trigger repeated, every
mark that opens a region repeated, long runs of one character, and mixtures.
"""

import sys
import time

from promptops.lint import RULES, Linter

SIZE = 256 * 1024
LIMIT_S = 1.0
MARKS = [
    '"', "'", "\u201c", "\u2018", "«", "`", "```\n", "~~~\n", "> ", "<example>", "</example>",
    "{{", "}}", "{% if x %}", "{#", "# Example\n", "Example: x\n", "e.g. ", "- ", "1. ", "a", "A",
    " ", "\n", ".", "=", "-", "1", "1 ", "(", "[", "<a>", "</a>", "{", '{"a":', "@", "http://",
    "\\", "|", "\u200b", "\u202e", "é", "中", "\U000e0041", "a\u0301", "0x", "A1b2", "$", "%",
    "&amp;", "input: a\noutput: b\n", "user: a\n", "\r", "\x00", "x@y.z ", "4111 1111 ",
]  # fmt: skip


def hostile():
    for rule in RULES.values():
        yield f"{rule.code} example", (rule.bad + " ") * (SIZE // (len(rule.bad) + 1) + 1)
        yield f"{rule.code} example, lines", (rule.bad + "\n\n") * (SIZE // (len(rule.bad) + 2) + 1)
        for word in rule.triggers[:6]:
            yield f"{rule.code} {word!r}", (word + " ") * (SIZE // (len(word) + 1) + 1)
    for mark in MARKS:
        yield f"mark {mark!r}", mark * (SIZE // len(mark) + 1)
        yield f"mark {mark!r} apart", (mark + "some words here ") * (SIZE // (len(mark) + 16) + 1)


def main() -> int:
    linter = Linter()
    linter.check_text("x", path="a")
    times = []
    for name, text in hostile():
        start = time.process_time()
        linter.check_text(text[:SIZE], path="a")
        times.append((time.process_time() - start, name))
    times.sort(reverse=True)
    print(f"{len(times)} texts of {SIZE // 1024} KiB; CPU seconds, the slowest first")
    for seconds, name in times[: int(sys.argv[1]) if len(sys.argv) > 1 else 15]:
        print(f"{seconds:8.2f}  {name}")
    over = sum(seconds > LIMIT_S for seconds, _ in times)
    print(f"{over} over the limit of {LIMIT_S:.0f} s")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
