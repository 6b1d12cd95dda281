"""The dpkg_selections module."""

from assible.content.modules import dpkg_selections as module


def test_selections_are_read():
    assert module.parse_selections("a\t\t\tinstall\nb:i386\t\thold\n") == {
        "a": "install",
        "b:i386": "hold",
        "b": "hold",
    }


def test_a_package_is_held_and_let_go(root, run_in_root):
    held = {"name": "bash", "selection": "hold"}
    assert run_in_root("dpkg_selections", check=True, **held)["diff"]["after"] == "bash hold\n"
    assert root.run("dpkg", "--get-selections", "bash").split()[1] == "install"
    assert run_in_root("dpkg_selections", **held)["changed"]
    assert root.run("dpkg", "--get-selections", "bash").split()[1] == "hold"
    assert not run_in_root("dpkg_selections", **held)["changed"]
    assert run_in_root("dpkg_selections", name="bash", selection="install")["before"] == "hold"


def test_an_unknown_package_fails(run):
    assert "nosuch" in run("dpkg_selections", check=True, name="nosuch", selection="hold")["msg"]
