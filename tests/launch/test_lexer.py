from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.lexer import closed, lex

SHELL = st.text(alphabet=st.sampled_from("'\"\\`${}()<>#|&;\r\n\t ab=-E@[]"), max_size=60)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.raw) for token in lex(text) if token.kind != "space"]


def values(text: str) -> list[str]:
    return [token.value for token in lex(text) if token.kind == "word"]


@given(st.text() | SHELL)
def test_the_tokens_joined_are_the_text(text: str) -> None:
    tokens = lex(text)
    assert "".join(token.raw for token in tokens) == text
    at = 0
    for token in tokens:
        assert token.raw
        assert (token.span.start, token.span.end) == (at, at + len(token.raw))
        at = token.span.end


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("'a b'", "a b"),
        ('"a $X \\" \\$ \\x"', 'a $X " $ \\x'),
        ("a\\ b", "a b"),
        ("--f='{\"a\": 1}'", '--f={"a": 1}'),
        ("$'a\\tb\\x41\\u00e9\\''", "a\tbA\u00e9'"),
        ("${X:-a b}", "${X:-a b}"),
        ('"${X:-"a b"}c"', '${X:-"a b"}c'),
        ("$(echo ')' \"a)\" $((1+(2))))x", "$(echo ')' \"a)\" $((1+(2))))x"),
        ("`a b`", "`a b`"),
        ("$((16*1024))", "$((16*1024))"),
        ("a\\\nb", "ab"),
        ("a#b", "a#b"),
        ("''", ""),
        ("<(cat x)", "<(cat x)"),
    ],
)
def test_a_word_has_the_value_that_the_shell_makes_of_it(raw: str, value: str) -> None:
    assert [(token.raw, token.value) for token in lex(raw)] == [(raw, value)]


@pytest.mark.parametrize("raw", ["$X", "a${X}b", '"$(x)"', "`x`", "$((1))", "$@", "<(x)"])
def test_a_word_that_the_shell_fills_in_is_dynamic(raw: str) -> None:
    assert lex(raw)[0].dynamic


@pytest.mark.parametrize("raw", ["'$X'", "\\$X", '"\\$X"', "a$", "'`x`'", "$'$X'"])
def test_a_quoted_dollar_is_not_dynamic(raw: str) -> None:
    assert not lex(raw)[0].dynamic


@pytest.mark.parametrize(("raw", "quote"), [("'a'", "'"), ('"a $X"', '"'), ("'a'b", ""), ("a'b'", ""), ("'a", "")])
def test_the_quote_that_surrounds_a_whole_word(raw: str, quote: str) -> None:
    assert lex(raw)[0].quote == quote


def test_operators_redirections_comments_and_continuations() -> None:
    assert kinds("a 2>&1 >x&&b|c # d\n;(e) \\\n f &>>g <<<h\r\n") == [
        ("word", "a"),
        ("redirect", "2>&"),
        ("word", "1"),
        ("redirect", ">"),
        ("word", "x"),
        ("operator", "&&"),
        ("word", "b"),
        ("operator", "|"),
        ("word", "c"),
        ("comment", "# d"),
        ("newline", "\n"),
        ("operator", ";"),
        ("operator", "("),
        ("word", "e"),
        ("operator", ")"),
        ("continuation", "\\\n"),
        ("word", "f"),
        ("redirect", "&>>"),
        ("word", "g"),
        ("redirect", "<<<"),
        ("word", "h"),
        ("newline", "\r\n"),
    ]


def test_a_continuation_with_crlf_and_a_blank_line_after_it() -> None:
    assert kinds("a \\\r\n  b \\\n\nc") == [
        ("word", "a"),
        ("continuation", "\\\r\n"),
        ("word", "b"),
        ("continuation", "\\\n"),
        ("newline", "\n"),
        ("word", "c"),
    ]


def test_a_backslash_before_a_blank_is_a_word_and_no_continuation() -> None:
    assert values("a \\ \nb") == ["a", " ", "b"]


def test_here_documents_hold_their_text_and_may_be_several() -> None:
    text = "cat <<A <<-'B'\nit's $X\nA\n\tb\n\tB\nnext\n"
    bodies = [(token.raw, token.value, token.quote) for token in lex(text) if token.kind == "heredoc"]
    assert bodies == [("it's $X\nA\n", "it's $X\n", ""), ("\tb\n\tB\n", "\tb\n", "'")]
    assert values(text)[-1] == "next"


def test_an_open_here_document_runs_to_the_end() -> None:
    assert [token.raw for token in lex("cat <<A\nx\ny")][-1] == "x\ny"


@pytest.mark.parametrize("text", ["a 'b' \"c\"", "a \\", "# it's", "cat <<A\n'\nA\n", "a $(b 'c') ${d}"])
def test_closed_texts(text: str) -> None:
    assert closed(text)


@pytest.mark.parametrize("text", ["a 'b", 'a "b', "$(a", "${a", "`a", "cat <<A\nx", '"$(echo "x)"'])
def test_open_texts(text: str) -> None:
    assert not closed(text)
