"""Where the state of a job in the background is kept."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.engine.jobs import state_file
from assible.exceptions import ActionError


@pytest.mark.parametrize(
    ("directory", "word"),
    [
        ("~/.ansible_async", "~/.ansible_async/j1.2"),
        ("~bob/a b", "~bob/'a b'/j1.2"),
        ("~", "~/j1.2"),
        ("/var/a b", "'/var/a b'/j1.2"),
        ("~$(x)/y", "'~$(x)/y'/j1.2"),
    ],
)
def test_only_a_leading_tilde_is_left_to_the_shell(directory, word):
    assert state_file(directory, "j1.2") == word


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_no_directory_is_more_than_one_word(directory):
    assert len(shlex.split(state_file(directory, "j1.2"))) == 1


@pytest.mark.parametrize("jid", ["", "a/b", "..", "x;y", "$(x)", "a b", "-x"])
def test_what_is_no_id_never_reaches_a_shell(jid):
    with pytest.raises(ActionError, match="not the id"):
        state_file("~/.ansible_async", jid)
