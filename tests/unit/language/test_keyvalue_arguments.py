"""The short form of task arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import PlaybookError
from assible.language.keyvalue import join_arguments, parse_key_values, split_arguments

OPTIONS = [
    ('a=1 b="x y"', {"a": "1", "b": "x y"}),
    ('a="it\'s" b=\'say "hi"\'', {"a": "it's", "b": 'say "hi"'}),
    (r'a="x\"y" b=2', {"a": 'x"y', "b": "2"}),
    (r"a=x\ y b=2", {"a": "x\\", "b": "2", "_raw_params": "y"}),
    (r'a="x\ny"', {"a": "x\ny"}),
    (r"a='x\ny'", {"a": "x\ny"}),
    (r'a="x\ty\\z"', {"a": "x\ty\\z"}),
    (r"a=\x41 b=\u0042 c=\N{BULLET} d=\U0001F600", {"a": "A", "b": "B", "c": "•", "d": "😀"}),
    (r"a=\101\0 c=\q d=\xzz e=\u12", {"a": r"\101\0", "c": r"\q", "d": r"\xzz", "e": r"\u12"}),
    ("a={{ 'x y' }} b={{ \"a=b\" }}", {"a": "{{ 'x y' }}", "b": '{{ "a=b" }}'}),
    ("a={% if true %}yes b=2", {"a": "{% if true %}yes", "b": "2"}),
    ("a={# com ment #}z b=1", {"a": "{# com ment #}z", "b": "1"}),
    ("a=b=c", {"a": "b=c"}),
    ("a= b=2", {"a": "", "b": "2"}),
    ("  a=1   b=2  ", {"a": "1", "b": "2", "_raw_params": " "}),
    ("a=1\nb=2", {"a": "1", "b": "2"}),
    ('a="x\n y" b=2', {"a": "x\n y", "b": "2"}),
    ("a=x\\\nb=2", {"a": "x\\", "b": "2"}),
    ("a=1 free  form", {"a": "1", "_raw_params": "free  form"}),
    ("free \\\n  form a=1 \\\nz", {"a": "1", "_raw_params": "free  form z"}),
    ('a=x"y z"w b=1', {"a": 'x"y z"w', "b": "1"}),
    ('a ="1"', {"_raw_params": 'a ="1"'}),
    ('a= "1"', {"a": "", "_raw_params": '"1"'}),
    ("a=1 =2", {"a": "1", "_raw_params": "=2"}),
    ("a=1 a=2", {"a": "2"}),
    (r"a=\"x\" b=1", {"a": "x", "b": "1"}),
    ("a=''x'' b='y'z", {"a": "'x'", "b": "'y'z"}),
    (r"a=x\=y", {"a": r"x\=y"}),
    ("a=[1,2, 3]", {"a": "[1,2,", "_raw_params": "3]"}),
    ('a={{ "}}" }} b=1', {"a": '{{ "}}"', "b": "1", "_raw_params": "}}"}),
    ("a={{ 1 \\ }} b=2", {"a": "{{ 1 }}", "b": "2"}),
    ("a=1  \t  b=2", {"a": "1", "b": "2", "_raw_params": "\t "}),
    (" ", {"_raw_params": " "}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "expected"), OPTIONS)
def test_words_are_options_or_free_form(text: str, expected: dict[str, str]) -> None:
    assert parse_key_values(text) == expected


COMMANDS = [
    ("echo a=1 b=2", "echo a=1 b=2"),
    ('echo "x y" creates=/nonexist', 'echo "x y"'),
    (r'echo "a\nb" \n chdir=/tmp', r'echo "a\nb" \n'),
    ("echo   pre chdir=/tmp   post", "echo   pre post"),
    ("echo   a\n   echo b\n\n  c chdir=/tmp", "echo   a\n   echo b\n\n  c"),
    (r"echo a\=b", "echo a=b"),
    (r"echo x\\=y a\\\=b", r"echo x=y a\=b"),
    ("echo a \\\n  b chdir=/tmp \\\n c", "echo a  b c"),
    ("echo chdir=/tmp\n  foo", "echo foo"),
    ('echo "a  b\tc"  chdir=/tmp', 'echo "a  b\tc" '),
    ('echo "chdir"=/tmp  x', 'echo "chdir"=/tmp  x'),
    ("   lead chdir=/tmp", "   lead"),
    ("echo x\nchdir=/tmp", "echo x\n"),
    ("echo x\n y", "echo x\ny"),
    ("echo x  \n\n \n  y chdir=/tmp", "echo x  \n\n \n  y"),
    ("\n\n  echo a chdir=/tmp", "\n\n  echo a"),
    ("echo \\ x chdir=/tmp", "echo x"),
    ("echo x \\ \ny chdir=/tmp", "echo x  y"),
    ('echo "x \\\ny"  chdir=/tmp', 'echo "x \\\ny" '),
    ("\\\necho x chdir=/tmp", "echo x"),
    ('echo "chdir=/tmp x" y', 'echo "chdir=/tmp x" y'),
    ("echo creates=  chdir=/tmp x", "echo x"),
]


@pytest.mark.parametrize(("text", "command"), COMMANDS)
def test_a_command_line_keeps_all_but_its_options(text: str, command: str) -> None:
    assert parse_key_values(text, free_form=True)["_raw_params"] == command


def test_options_of_a_command_line_are_decoded() -> None:
    options = parse_key_values(r'cat chdir="/t\x6dp" stdin="a\tb"', free_form=True)
    assert options == {"_raw_params": "cat", "chdir": "/tmp", "stdin": "a\tb"}


@pytest.mark.parametrize("text", ['a="x y', "it's", "a={{ x", 'echo "{{" x', "{%", r"a='x\'", "echo a }} {{"])
def test_what_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(PlaybookError):
        parse_key_values(text)


@given(st.text(alphabet="ab ='\"{}%#\\\n\t"))
def test_no_text_raises_anything_but_a_playbook_error(text: str) -> None:
    try:
        parse_key_values(text)
    except PlaybookError:
        pass


@given(st.lists(st.text(alphabet="abc=xyz", min_size=1)))
def test_joined_words_are_split_again(words: list[str]) -> None:
    assert split_arguments(join_arguments(words)) == (words or [""])


@given(st.text(alphabet="ab =\"'\n"))
def test_joining_gives_the_text_back(text: str) -> None:
    try:
        words = split_arguments(text)
    except PlaybookError:
        return
    assert join_arguments(words).split() == text.split()


@given(st.dictionaries(st.text(alphabet="abc_", min_size=1), st.text(alphabet="ab c=;/.")))
def test_quoted_values_come_back(options: dict[str, str]) -> None:
    text = " ".join(f'{key}="{value}"' for key, value in options.items())
    assert parse_key_values(text) == options
