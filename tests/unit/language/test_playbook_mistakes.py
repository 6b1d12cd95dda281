"""Mistakes in playbooks: each is told with its place, all of a file together."""

from __future__ import annotations

import pytest

from assible.exceptions import LanguageError, PlaybookError, SourceFileError
from assible.language.files import SourceFiles
from assible.language.playbook import load_playbook
from assible.language.sources import Sources

ACTIONS = {"debug", "copy", "command", "import_tasks", "include_tasks", "import_role", "include_role", "meta"}


def resolve(name, collections):
    short = name.removeprefix("ansible.builtin.")
    return f"ansible.builtin.{short}" if short in ACTIONS else None


@pytest.fixture
def load(tmp_path):
    def load(text, **files):
        for name, content in files.items():
            (tmp_path / f"{name}.yml").write_text(content)
        path = tmp_path / "play.yml"
        path.write_text(text)
        sources = Sources(files=SourceFiles(), resolve_action=resolve, render=lambda value, layers: value)
        return load_playbook(str(path), sources)

    return load


def mistakes_of(load, text, **files):
    with pytest.raises(LanguageError) as caught:
        load(text, **files)
    first = caught.value
    return [first, *first.others]


def places(mistakes):
    return [(m.origin.line, m.origin.column) for m in mistakes]


def test_a_misspelt_play_keyword_is_told_with_a_near_one(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  gather_fact: no\n")
    assert "gather_fact" in str(mistake)
    assert "gather_facts" in mistake.hint
    assert places([mistake]) == [(2, 3)]


def test_all_mistakes_of_a_file_are_told_together(load):
    text = "- hosts: all\n  gather_fact: no\n  tasks:\n    - nosuch:\n    - debug:\n      become: maybe\n    - name: nothing\n"
    assert places(mistakes_of(load, text)) == [(2, 3), (4, 7), (6, 7), (7, 7)]


def test_two_actions_in_one_task_are_refused_at_the_second(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - debug:\n      copy:\n")
    assert "'debug', 'copy'" in str(mistake)
    assert places([mistake]) == [(4, 7)]


def test_a_misspelt_task_keyword_is_hinted_at(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - debug:\n      regster: x\n")
    assert "register" in mistake.hint


def test_the_report_shows_the_line_with_a_caret(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - debug:\n      become: maybe\n")
    assert "   4 |       become: maybe\n       |       ^" in mistake.describe()


def test_a_play_needs_hosts(load):
    (mistake,) = mistakes_of(load, "- tasks: []\n")
    assert "hosts" in str(mistake)


def test_an_import_that_is_missing_says_where_it_was_sought(load, tmp_path):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - import_tasks: gone.yml\n")
    assert isinstance(mistake, SourceFileError)
    assert str(tmp_path / "gone.yml") in mistake.hint


def test_tasks_that_import_themselves_are_refused(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - import_tasks: a.yml\n", a="- import_tasks: a.yml\n")
    assert "without end" in str(mistake)


def test_a_playbook_that_imports_itself_is_refused(load):
    (mistake,) = mistakes_of(load, "- import_playbook: play.yml\n")
    assert "imports itself" in str(mistake)


def test_a_static_import_cannot_loop(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - import_tasks: a.yml\n      loop: [1]\n", a="[]")
    assert "include_tasks" in mistake.hint


def test_the_debugger_is_refused_as_not_supported(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - debug:\n      debugger: on_failed\n")
    assert "not supported" in str(mistake)


def test_a_role_that_is_missing_is_told(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  roles: [gone]\n")
    assert "'gone'" in str(mistake)


@pytest.mark.parametrize("text", ["hosts: all\n", "text\n", ""])
def test_what_is_no_list_of_plays_is_refused(load, text):
    with pytest.raises(PlaybookError, match="list of plays"):
        load(text)


def test_rescue_without_block_is_refused(load):
    (mistake,) = mistakes_of(load, "- hosts: all\n  tasks:\n    - rescue: []\n")
    assert "without a 'block'" in str(mistake)


def test_inheritance_is_resolved_down_to_the_task(load):
    text = (
        "- hosts: all\n  become: true\n  vars: {a: 1}\n  tags: play\n  tasks:\n"
        "    - block:\n        - debug:\n          tags: own\n          when: c2\n          become: false\n"
        "      when: c1\n      tags: [b1, b2]\n      vars: {b: 2}\n"
    )
    (play,) = load(text)
    task = play.sections[1][0].tasks[0]
    assert task.scope.when == ("c1", "c2")
    assert task.tags == {"play", "b1", "b2", "own"}
    assert task.scope.become is False
    assert task.scope.vars == ({"b": 2},)
