"""Where settings come from, and which wins."""

from __future__ import annotations

import pytest

from assible.exceptions import SettingsError
from assible.settings import Settings, find_config_file, load_settings


@pytest.fixture
def config(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "ansible.cfg"
        path.write_text(text)
        return str(path)

    return write


def test_a_file_wins_over_the_default(config):
    assert load_settings({}, config("[defaults]\nforks = 7\n")).forks == 7


def test_the_environment_wins_over_the_file(config):
    assert load_settings({"ANSIBLE_FORKS": "8"}, config("[defaults]\nforks = 7\n")).forks == 8


def test_our_own_spelling_wins_over_ansibles():
    assert load_settings({"ANSIBLE_FORKS": "8", "ASSIBLE_FORKS": "9"}).forks == 9


def test_arguments_win_over_everything(config):
    settings = load_settings({"ANSIBLE_FORKS": "8"}, config("[defaults]\nforks = 7\n"), {"forks": 3})
    assert settings.forks == 3


def test_none_among_the_arguments_means_not_given():
    assert load_settings({"ANSIBLE_FORKS": "8"}, arguments={"forks": None}).forks == 8


def test_relative_paths_are_relative_to_the_file(config, tmp_path):
    settings = load_settings({}, config("[defaults]\nroles_path = roles:/other\n"))
    assert settings.roles_path == (str(tmp_path / "roles"), "/other")


def test_a_value_of_the_wrong_type_names_the_setting_and_its_place(config):
    path = config("[defaults]\nforks = many\n")
    with pytest.raises(SettingsError, match=rf"'forks'.*{path}, \[defaults\] forks"):
        load_settings({}, path)


def test_a_choice_that_does_not_exist_lists_those_that_do():
    with pytest.raises(SettingsError) as caught:
        load_settings({"ANSIBLE_GATHERING": "sometimes"})
    assert "implicit" in str(caught.value.hint)


def test_settings_are_frozen():
    with pytest.raises(AttributeError):
        Settings().forks = 1


def test_an_unknown_setting_is_refused():
    with pytest.raises(SettingsError, match="no_such"):
        Settings().replace(no_such=1)


def test_our_file_in_the_working_directory_comes_first(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "ansible.cfg").write_text("")
    (tmp_path / "assible.cfg").write_text("")
    assert find_config_file({}, str(tmp_path)) == str(tmp_path / "assible.cfg")


def test_a_file_where_everybody_may_write_is_not_read(tmp_path):
    (tmp_path / "ansible.cfg").write_text("")
    tmp_path.chmod(0o777)
    assert find_config_file({"HOME": "/nowhere"}, str(tmp_path)) in (None, "/etc/ansible/ansible.cfg")
