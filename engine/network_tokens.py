"""The network text cut into tokens: words, parentheses, bars, commas, and the ends of layers.

A slash, an arrow, a semicolon or a line break ends a layer. A line break beside another end adds nothing, and a comma ends a
layer only where the next word begins one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

END, OPEN, BAR, CLOSE, COMMA, EQUALS, WORD, STOP = "/", "(", "|", ")", ",", "=", "word", "end"
_TOKEN = re.compile(
    r"(?P<slash>/|;|-+>|=+>|→|⟶)|(?P<line>[\r\n]+)|(?P<mark>[()|,=])|(?P<blank>[^\S\r\n]+)|(?P<word>(?:(?!-+>)[^\s/;→⟶()|,=])+)|(?P<other>.)"
)
_SIZE = re.compile(r"(?<=[0-9])[ \t]*[x×][ \t]*(?=[0-9])")  # 5 x 5 is one word


@dataclass(frozen=True)
class Token:
    """One piece of the text. kind: WORD, END, STOP or a mark; start, end: where it stands."""

    kind: str
    text: str
    start: int
    end: int


def normalised(text: str) -> str:
    """The text as it is read: lower case, sizes as 5x5."""
    return _SIZE.sub("x", text.lower())


def tokens_of(text: str, kinds: Collection[str]) -> list[Token]:
    """Cut a normalised text into tokens; the last one is STOP. kinds: the words that begin a layer."""
    raw = [
        Token(_kind(found), found[0], found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "blank"
    ]
    raw.append(Token(STOP, "", len(text), len(text)))
    tokens: list[Token] = []
    depth = 0  # of the parentheses of one layer's call: inside, a line break is a blank and a comma a comma
    for token, following in zip(raw, [*raw[1:], raw[-1]], strict=True):
        before = tokens[-1].kind if tokens else END
        if token.kind == "line":
            beside = before in (END, OPEN, BAR, COMMA) or following.kind in (END, BAR, CLOSE, STOP)
            if not beside and not depth:
                tokens.append(Token(END, token.text, token.start, token.end))
        elif token.kind == COMMA and not depth:
            if word_of(following) in kinds:
                tokens.append(Token(END, token.text, token.start, token.end))
        else:
            depth += _deeper(token, tokens, depth)
            tokens.append(token)
    return tokens


def word_of(token: Token) -> str:
    """The name in a word: that behind the last dot, so that nn.Conv2d and layers.Dense are understood."""
    name = token.text.rpartition(".")[2]
    return name if token.kind == WORD and name[:1].isalpha() else token.text


def _kind(found: re.Match[str]) -> str:
    return {"slash": END, "line": "line", "mark": found[0]}.get(found.lastgroup or "", WORD)


def _deeper(token: Token, before: list[Token], depth: int) -> int:
    """How a parenthesis changes the depth; those of concat( and add( hold layers and do not count."""
    if token.kind == OPEN:
        return int(depth > 0 or not before or word_of(before[-1]) not in ("concat", "add"))
    return -1 if token.kind == CLOSE and depth else 0
