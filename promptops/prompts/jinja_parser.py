"""Jinja's own lexer and parser, taught to remember columns and to keep every byte.

Jinja knows the line of a node and nothing finer, and turns CRLF line ends into LF. Here the lexer
reports the offset of each token in the place of its line, and carriage returns are carried through
as another white-space character that the text does not use.
"""

import re
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import Lexer

from promptops.prompts.nodes import TemplateFaultError

# Characters that a regular expression's \s matches and that jinja does not take as a line break.
_STAND_INS = "\x1c\x1d\x1e\x1f\x85\u2028\u2029\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"


class _OffsetLexer(Lexer):
    """Yields a token's offset + 1 where jinja yields its line."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        place = 0
        try:
            for _, token, text in super().tokeniter(source, name, filename, state):
                # Tokens are slices of the source in order; only white space that a "-" trims away
                # is passed over between them.
                place = source.index(text, place)
                yield place + 1, token, text
                place += len(text)
        except TemplateSyntaxError as problem:
            problem.lineno = place + 1
            raise

    def _normalize_newlines(self, value: str) -> str:
        return value


class _OffsetEnvironment(Environment):
    @property
    def lexer(self) -> Lexer:
        return _LEXER


_ENVIRONMENT = _OffsetEnvironment(keep_trailing_newline=True)
_LEXER = _OffsetLexer(_ENVIRONMENT)


def parse(source: str) -> tuple[nodes.Template, str]:
    """Jinja's tree of a template, whose ``lineno`` are offsets + 1, and the stand-in for CR.

    The stand-in is empty when the source has no carriage return.

    Raises:
        TemplateFaultError: The source is not a template.
    """
    stand_in = ""
    if "\r" in source:
        stand_in = next((char for char in _STAND_INS if char not in source), "")
        if not stand_in:
            raise TemplateFaultError("this text uses every rare space character", 0)
        source = source.replace("\r", stand_in)
    try:
        return _ENVIRONMENT.parse(source), stand_in
    except TemplateSyntaxError as problem:
        raise TemplateFaultError(_reworded(problem.message or ""), problem.lineno - 1) from None
    except RecursionError:
        raise TemplateFaultError("nested too deeply", 0) from None
    except ValueError:
        # int() refuses thousands of digits; nothing else of the lexer raises this.
        raise TemplateFaultError("a number has too many digits", 0) from None


def _reworded(message: str) -> str:
    """Jinja's message without its hints at tags that we do not have."""
    if unclosed := re.search(r"needs to be closed is '(\w+)'", message):
        return f"{{% {unclosed[1]} %}} is not closed"
    first = re.split(r"\. (?:Jinja|You probably)", message)[0].rstrip(".")
    first = re.sub(r" at \d+$", "", first)
    return first[:1].lower() + first[1:] or "not a template"
