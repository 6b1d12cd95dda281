"""The hostname module: reading and writing name files, and check mode. The machine keeps its name."""

import os

import pytest

from assible.content.modules import hostname


@pytest.mark.parametrize(
    ("use", "before", "name", "after"),
    [
        ("debian", "old\n", "old", "new\n"),
        ("redhat", "NETWORKING=yes\nHOSTNAME=old\n", "old", "NETWORKING=yes\nHOSTNAME=new\n"),
        ("redhat", "NETWORKING=yes\n", "", "NETWORKING=yes\nHOSTNAME=new\n"),
        ("openrc", '# c\nhostname="old"\n', "old", '# c\nhostname="new"\n'),
    ],
)
def test_the_name_is_found_and_replaced(tmp_path, use, before, name, after):
    known = hostname.FILES[use]
    (tmp_path / "f").write_text(before)
    file = hostname.NameFile(str(tmp_path / "f"), known.form, known.pattern)
    assert file.read() == name
    assert file.changed("new") == after


def test_check_mode_predicts_and_changes_nothing(run):
    before = os.uname().nodename
    result = run("hostname", check=True, name="assible-test.example", use="debian")
    assert result["changed"]
    assert result["ansible_facts"]["ansible_hostname"] == "assible-test"
    assert os.uname().nodename == before


def test_a_system_that_is_another_is_refused(run):
    assert "cannot be set" in run("hostname", check=True, name="x", use="solaris")["msg"]
