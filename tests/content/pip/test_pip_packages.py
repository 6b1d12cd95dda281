"""The pip module: names and versions, and an environment in a temporary directory with wheels made by hand."""

import subprocess
import sys
import zipfile

import pytest

from assible.content.modules import pip as module


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["one>1", "<9", "two"], ["one>1,<9", "two"]),
        (["one", " two "], ["one", "two"]),
        (["one", "!=1.1", "~=1"], ["one,!=1.1,~=1"]),
        ([""], []),
    ],
)
def test_version_limits_are_put_together_again(names, joined):
    assert module.join_names(names) == joined


def test_a_version_belongs_to_the_only_name():
    assert module.with_version(["one"], "1.0") == ["one==1.0"]
    assert module.with_version(["a", "b"], None) == ["a", "b"]


@pytest.mark.parametrize("names", [["a", "b"], ["a>=1"], []])
def test_a_version_for_anything_else_is_refused(names):
    with pytest.raises(ValueError, match="version"):
        module.with_version(names, "1.0")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--no-index --find-links /x", True),
        ("-i https://x --trusted-host=x", True),
        ("--user", False),
        ("--no-index --target /x", False),
    ],
)
def test_words_about_sources_change_nothing(words, expected):
    assert module.only_sources(words.split()) is expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [(f"#!{sys.executable}\n", sys.executable), ("#!/bin/sh\n", None), ("", None), ("#!/none/python3\n", None)],
)
def test_the_python_of_a_script_is_on_its_first_line(tmp_path, first, expected):
    (tmp_path / "pip").write_text(first)
    found = module.interpreter_of(str(tmp_path / "pip"))
    assert found == (expected if expected and "python" in expected.rpartition("/")[2] else None)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for name, version in (("one", "1.0"), ("one", "2.0"), ("two", "1.0")):
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    place = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    return place


@pytest.fixture
def pip(run, wheels, environment):
    def call(check=False, **args):
        extra = f"--no-index --find-links {wheels}"
        return run("pip", check=check, **{"virtualenv": str(environment), "extra_args": extra, **args})

    return call


def test_a_package_comes_and_goes(pip, environment):
    assert pip(check=True, name="one", version="1.0")["changed"]
    assert pip(name="one", version="1.0")["changed"]
    assert pip(name="one==1.0")["changed"] is False
    assert pip(check=True, name="one>=1.5")["changed"]
    assert "Successfully installed one-2.0" in pip(name="one", state="latest")["stdout"]
    assert pip(check=True, name="One<3")["changed"] is False
    assert pip(check=True, name="one", state="absent")["changed"]
    assert pip(name="one", state="absent", extra_args="")["changed"]
    assert pip(name="one", state="absent", extra_args="")["changed"] is False


def test_requirements_are_read_by_pip(pip, tmp_path):
    (tmp_path / "req.txt").write_text("two\n")
    assert pip(requirements="req.txt", chdir=str(tmp_path))["changed"]
    assert pip(requirements="req.txt", chdir=str(tmp_path))["changed"] is False
    assert pip(requirements=str(tmp_path / "req.txt"), state="absent", extra_args="")["changed"]


def test_an_environment_is_made(pip, tmp_path):
    made = tmp_path / "new"
    args = {"name": "two", "virtualenv": str(made), "virtualenv_command": f"{sys.executable} -m venv"}
    assert pip(check=True, **args)["changed"]
    assert not made.exists()
    assert pip(**args, umask="0077", virtualenv_site_packages=True)["changed"]
    assert made.stat().st_mode & 0o777 == 0o700
    assert "include-system-site-packages = true" in (made / "pyvenv.cfg").read_text()


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ({}, "name"),
        ({"name": "one", "executable": "pip3"}, "exclusive"),
        ({"name": "one", "umask": "9"}, "umask"),
        ({"name": "one", "version": "1", "state": "latest"}, "latest"),
        ({"name": "nosuch"}, "nosuch"),
        (
            {"name": "two", "virtualenv": "/tmp/assible-none", "virtualenv_command": "no-such-command"},
            "no-such-command",
        ),
    ],
)
def test_bad_input_fails(pip, args, word):
    result = pip(**args)
    assert result["failed"]
    assert word in result["msg"]


def test_virtualenv_python_does_not_go_with_venv(pip, tmp_path):
    result = pip(
        name="two", virtualenv=str(tmp_path / "x"), virtualenv_command="python3 -m venv", virtualenv_python="python3"
    )
    assert "virtualenv_python" in result["msg"]
