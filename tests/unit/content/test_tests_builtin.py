"""The Jinja tests that ship."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assible.content.filters import FILTERS
from assible.content.tests import TESTS
from assible.exceptions import TemplateError, VaultError
from assible.model.text import VaultedText, trusted
from assible.templating import Scope, Templar

TEMPLAR = Templar(filters=FILTERS, tests=TESTS)


def refuse(_: str) -> str:
    raise VaultError("no secret opens it")


ENVELOPE = FILTERS["vault"]("text", "password")
SCOPE = Scope(
    (
        trusted(
            {
                "ok": {"changed": False, "failed": False},
                "changed": {"changed": True},
                "failed": {"failed": True},
                "skipped": {"skipped": True},
                "unreachable": {"unreachable": True},
                "running": {"started": 1, "finished": 0},
                "late": {"timedout": {"period": 1}},
                "loop": {"results": [{"changed": True}, {"failed": True}]},
            }
        ),
        {"sealed": VaultedText(ENVELOPE, refuse)},
    )
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        *(
            (f"ok is {name}", True)
            for name in ("success", "succeeded", "successful", "reachable", "started", "finished")
        ),
        *((f"failed is {name}", True) for name in ("failed", "failure", "not success")),
        *((f"changed is {name}", True) for name in ("changed", "change", "not failed")),
        *((f"skipped is {name}", True) for name in ("skipped", "skip")),
        ("unreachable is unreachable", True),
        ("unreachable is reachable", False),
        ("running is started", True),
        ("running is finished", False),
        ("late is timedout", True),
        ("ok is timedout", False),
        ("loop is changed", True),
        ("{} is failed", False),
        ("'abc' is match('b')", False),
        ("'abc' is search('b')", True),
        ("'ABC' is match('a', true)", True),
        ("'abc' is regex('abc', match_type='fullmatch')", True),
        ("'a\nb' is search('^b', multiline=true)", True),
        ("5 is match('5')", True),
        ("[1, 2] is subset([1, 2, 3])", True),
        ("[1] is issubset([2])", False),
        ("[1, 2, 3] is superset([1])", True),
        ("[[1]] is issuperset([[1]])", True),
        ("[1, 2] is contains(2)", True),
        ("[true, 1] is all", True),
        ("[true, false] is all", False),
        ("[0, ''] is any", False),
        ("[0, 1] is any", True),
        ("'no' is truthy", True),
        ("'no' is truthy(convert_bool=true)", False),
        ("'off' is falsy(convert_bool=True)", True),
        ("[] is falsy", True),
        ("'nan' | float is nan", True),
        ("'x' is isnan", False),
        ("'http://a.b/c' is uri", True),
        ("'ftp://x' is url(['http'])", False),
        ("'mailto:a@b' is url", False),
        ("'file:///x' is url", True),
        ("'http:///x' is url", False),
        ("'URN:x:y' is urn", True),
        ("'http://a' is urn", False),
        ("'abc' is vault_encrypted", False),
        ("5 is vault_encrypted", False),
        ("3 is odd and 'upper' is filter and 'version' is test", True),
        ("['1.0', '2.0'] | select('version', '1.5', '>') | first == '2.0'", True),
    ],
)
def test_a_test_tells(expression: str, expected: bool) -> None:
    assert TEMPLAR.evaluate(expression, SCOPE) is expected


@pytest.mark.parametrize(
    ("left", "operator", "right", "options", "expected"),
    [
        ("1.2.3", ">", "1.2", "", True),
        ("1.10", "gt", "1.9", "", True),
        ("1.0", "eq", "1.0.0", "", False),
        ("1.0a", "<", "1.0", "", False),
        ("1.2-3", "<", "1.2-10", "", True),
        ("v1.2", "<", "v1.3", "", True),
        ("1", "<>", "1", "", False),
        ("1", "!=", "2", "", True),
        ("1", "=", "1", "", True),
        ("1.2.3", "lt", "1.2.4", ", strict=true", True),
        ("1.5.2b2", "<", "1.5.2", ", strict=true", True),
        ("1.5", "==", "1.5.0", ", strict=true", True),
        ("1.2.3-alpha", "<", "1.2.3", ", version_type='semver'", True),
        ("1.0.0-alpha.1", "<", "1.0.0-alpha.beta", ", version_type='semver'", True),
        ("1.0.0-2", "<", "1.0.0-10", ", version_type='semver'", True),
        ("1.0.0-a", "<", "1.0.0-a.b", ", version_type='semver'", True),
        ("1.2.3+b", "ge", "1.2.3", ", version_type='semantic'", True),
        ("1.0rc1", "<", "1.0", ", version_type='pep440'", True),
        ("1.0", "==", "1.0.0", ", version_type='pep440'", True),
    ],
)
def test_versions_are_compared_by_scheme(left: str, operator: str, right: str, options: str, expected: bool) -> None:
    assert TEMPLAR.evaluate(f"'{left}' is version('{right}', '{operator}'{options})", SCOPE) is expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("5 is failed", "test 'failed' failed: it takes a registered result"),
        ("'abc' is regex('b', match_type='bad')", "'match_type' has no value 'bad'"),
        ("'x' is version('1.0', '<', strict=true)", "'x' is not a strict version number"),
        ("'1.2.3.4' is version('1.2.3', version_type='semver')", "'1.2.3.4' is not a semantic version number"),
        ("'bad' is version('1.2', version_type='pep440')", "test 'version' failed"),
        ("'1' is version('1', 'bad')", "there is no operator 'bad'"),
        ("'1' is version('1', version_type='bad')", "there is no version type 'bad'"),
        ("'1' is version('1', strict=true, version_type='loose')", "exclude each other"),
        ("'' is version('1')", "a version number is empty"),
        ("'/nope/nope' is vaulted_file", "the file cannot be read"),
        ("5 is contains(5)", "test 'contains' failed"),
        ("nope is failed", "'nope' is undefined"),
    ],
)
def test_what_a_test_cannot_judge_is_said(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        TEMPLAR.evaluate(expression, SCOPE)
    assert message in caught.value.message


def test_an_encrypted_variable_is_recognised_without_a_secret() -> None:
    scope = SCOPE.child(trusted({"box": {"inner": VaultedText(ENVELOPE, refuse), "open": "x"}}))
    assert TEMPLAR.evaluate("sealed is vault_encrypted", scope) is True
    assert TEMPLAR.evaluate("box.inner is vault_encrypted and box['inner'] is vault_encrypted", scope) is True
    assert TEMPLAR.evaluate("box.open is vault_encrypted", scope) is False
    assert TEMPLAR.evaluate("text is vault_encrypted", scope.child({"text": ENVELOPE})) is True
    with pytest.raises(TemplateError, match="no secret opens it"):
        TEMPLAR.evaluate("sealed is defined", scope)


def test_paths_are_looked_at(tmp_path: Path) -> None:
    file, link, gone = tmp_path / "file", tmp_path / "link", tmp_path / "gone"
    file.write_text(ENVELOPE)
    link.symlink_to(gone)
    variables: dict[str, Any] = {"d": str(tmp_path), "f": str(file), "l": str(link), "g": str(gone)}
    scope = Scope((variables,))
    holds = """d is directory; d is is_dir; f is file; f is is_file; f is exists; l is link; l is is_link; l is link_exists
    d is abs; d is is_abs; f is same_file(f); '/' is mount; '/' is is_mount; f is vaulted_file; f is not directory
    l is not exists; g is not link_exists; 'x' is not abs; f is not is_same_file(d); d is not file"""
    for expression in holds.replace("\n", ";").split(";"):
        assert TEMPLAR.evaluate(expression.strip(), scope) is True, expression


def test_every_documented_test_is_there() -> None:
    documented = """abs all any boolean callable change changed contains defined directory divisibleby eq equalto
    escaped even exists failed failure false falsy file filter finished float ge greaterthan gt in integer is_abs
    is_dir is_file is_link is_mount is_same_file isnan issubset issuperset iterable le lessthan link link_exists lower
    lt mapping match mount nan ne none number odd reachable regex same_file sameas search sequence skip skipped started
    string subset succeeded success successful superset test timedout true truthy undefined unreachable upper uri url
    urn vault_encrypted vaulted_file version version_compare"""
    missing = [name for name in documented.split() if not TEMPLAR.evaluate(f"'{name}' is test", SCOPE)]
    assert missing == []


def test_every_test_of_the_table_can_be_imported() -> None:
    assert all(callable(TESTS[name]) for name in TESTS)
