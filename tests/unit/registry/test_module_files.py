"""Which modules are found, and how each is to be run."""

import pytest

from assible.exceptions import PluginError
from assible.registry.collections import Collections
from assible.registry.modules import Modules, style_of


@pytest.fixture
def modules(tmp_path):
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "copy.py").write_text("")
    (tmp_path / "library").mkdir()
    found = Modules(str(tmp_path / "shipped"), "own.modules", Collections([str(tmp_path)]))
    found.add_directories([str(tmp_path / "library")])
    return found


def install(tmp_path, name, content=b"#!/bin/sh\n"):
    path = tmp_path / "ansible_collections" / "community" / "general" / "plugins" / "modules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_module_in_library_wins_over_one_that_ships_only_by_its_short_name(modules, tmp_path):
    (tmp_path / "library" / "copy.sh").write_text("#!/bin/sh\n")
    assert modules.find("copy").style == "old"
    assert modules.find("ansible.legacy.copy").style == "old"
    assert modules.find("ansible.builtin.copy").style == "native"


def test_an_old_short_name_leads_to_the_collection_that_has_the_module_now(modules, tmp_path):
    install(tmp_path, "ini_file.sh")
    assert modules.find("ini_file").name == "community.general.ini_file"
    assert modules.find("ansible.builtin.ini_file").name == "community.general.ini_file"


def test_a_module_for_windows_is_refused_by_name(modules, tmp_path):
    install(tmp_path, "win_x.ps1")
    with pytest.raises(PluginError, match=r"win_x.*PowerShell"):
        modules.find("community.general.win_x")


@pytest.mark.parametrize(
    ("content", "style"),
    [
        (b"from ansible.module_utils.basic import AnsibleModule", "python"),
        (b"from ..module_utils.x import y", "python"),
        (b"#!/bin/sh\n# WANT_JSON", "want_json"),
        (b"args = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'", "json_args"),
        (b"\x7fELF\0", "binary"),
        (b"#!/bin/sh\n", "old"),
    ],
)
def test_the_file_itself_tells_how_it_wants_its_arguments(content, style):
    assert style_of(content) == style
