"""The lookups that ship."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assible.content.filters import FILTERS
from assible.content.lookups import LOOKUPS, run_lookup
from assible.content.tests import TESTS
from assible.exceptions import PluginNotFoundError, TemplateError, UndefinedVariableError
from assible.model.text import TemplateText, trusted
from assible.templating import Scope, Templar


@dataclass
class Context:
    """A run, as far as lookups ask of it."""

    search_dirs: tuple[str, ...]
    templar: Templar
    env: dict[str, str] = field(default_factory=lambda: {"HOME": "/home/me", "PATH": "/usr/bin:/bin"})
    warnings: list[str] = field(default_factory=list)

    def read_file(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def match_hosts(self, pattern: str) -> list[str]:
        return ["one", "two"] if pattern == "all" else []

    def setting(self, name: str) -> Any:
        return {"DEFAULT_FORKS": 5, "remote_port": 22}[name]

    def setting_origin(self, name: str) -> str:
        return {"DEFAULT_FORKS": "env: ANSIBLE_FORKS"}.get(name, "default")


Evaluate = Callable[..., Any]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    templar = Templar(filters=FILTERS, tests=TESTS, lookup=run_lookup)
    return Context((str(tmp_path / "role"), str(tmp_path)), templar)


@pytest.fixture
def evaluate(context: Context) -> Evaluate:
    def run(expression: str, **variables: Any) -> Any:
        return context.templar.evaluate(expression, Scope((trusted(variables),), context))

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "role" / "files").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (folder / "one.txt").write_text("line1\n  line2  \n\n")
    (folder / "two.txt").write_text("  lead\n")
    (tmp_path / "role" / "files" / "two.txt").write_text("of the role")
    return folder


class TestFiles:
    def test_text_comes_without_white_space_at_its_end(self, evaluate: Evaluate, files: Path) -> None:
        assert evaluate("lookup('file', 'one.txt')") == "line1\n  line2"
        assert evaluate("lookup('file', 'one.txt', rstrip=false)") == "line1\n  line2  \n\n"
        assert evaluate(f"lookup('file', '{files}/two.txt', lstrip='yes')") == "lead"
        assert evaluate("lookup('unvault', 'one.txt')") == "line1\n  line2  \n\n"

    def test_the_first_directory_wins(self, evaluate: Evaluate, files: Path) -> None:
        assert evaluate("lookup('file', 'two.txt')") == "of the role"
        assert evaluate("lookup('file', 'one.txt', 'two.txt')") == "line1\n  line2,of the role"

    def test_a_missing_file_is_named(self, evaluate: Evaluate, files: Path) -> None:
        with pytest.raises(TemplateError, match=r"lookup 'file' failed: the file 'nope\.txt' was not found"):
            evaluate("lookup('file', 'nope.txt')")
        assert evaluate("lookup('file', 'nope.txt', errors='ignore')") is None

    def test_a_template_among_the_terms_is_rendered(self, evaluate: Evaluate, files: Path) -> None:
        assert evaluate("lookup('file', '{{ name }}.txt')", name="one") == "line1\n  line2"
        assert evaluate("lookup('list', [{'a': '{{ name }}'}])", name="one") == [{"a": "one"}]
        assert evaluate("lookup('list', '{{ na' ~ 'me }}')", name="one") == "{{ name }}"

    def test_what_a_file_holds_is_never_rendered(self, context: Context, files: Path) -> None:
        (files / "evil.txt").write_text("{{ name }}")
        scope = Scope((trusted({"text": "{{ lookup('file', 'evil.txt') }}", "name": "one"}),), context)
        assert context.templar.render(TemplateText("{{ text }}"), scope) == "{{ name }}"

    def test_patterns_give_the_files_of_the_first_directory(self, evaluate: Evaluate, files: Path) -> None:
        assert evaluate("query('fileglob', 'on*.txt', 'nope*')") == [str(files / "one.txt")]
        assert evaluate("query('fileglob', '*.txt')") == [str(files.parent / "role" / "files" / "two.txt")]
        assert evaluate("query('fileglob', 'files/*.txt', errors='strict') | length") == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            "['nope', 'one.txt', 'two.txt']",
            "'nope', 'files/one.txt'",
            "{'files': 'nope,one.txt', 'paths': '/nope:files'}",
            "files=['one.txt'], paths=['files']",
            "[{'files': ['nope']}, {'files': ['one.txt']}]",
            "['nope;one.txt']",
        ],
    )
    def test_the_first_file_that_exists_is_found(self, evaluate: Evaluate, files: Path, arguments: str) -> None:
        assert evaluate(f"lookup('first_found', {arguments})") == str(files / "one.txt")

    def test_finding_no_file_is_an_error_unless_it_may_be_skipped(self, evaluate: Evaluate, files: Path) -> None:
        assert evaluate("query('first_found', ['nope'], skip=true)") == []
        assert evaluate("query('first_found', {'files': ['nope'], 'skip': true})") == []
        with pytest.raises(TemplateError, match="none of the files was found"):
            evaluate("lookup('first_found', ['nope'])")


class TestTables:
    @pytest.fixture(autouse=True)
    def _tables(self, files: Path) -> None:
        (files / "elements.csv").write_text('Symbol,Num,Mass\nH,1,1.008\nLi,3,6.94\n"a b",9,8\n')
        (files / "ansible.csv").write_text("k1\tv1\tw1\nk2\tv2\tw2\n")
        (files / "t.ini").write_text("[s1]\nUser = bob\nref=%(host)s/x\nhost=h\nmulti=a\n  b\nn1=1\nn2=2\n")
        (files / "bare.ini").write_text("[s1]\nbare\n")
        (files / "u.properties").write_text("user.name=joe\n#c\nuser.pass = x y\n")

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ("'Li', file='elements.csv', delimiter=','", ["3"]),
            ("'Li file=elements.csv delimiter=, col=2'", ["6.94"]),
            ("'a b', file='elements.csv', delimiter=','", ["9"]),
            ("'3', file='elements.csv', delimiter=',', col=0, keycol='1'", ["Li"]),
            ("'k1', 'k2'", ["v1", "v2"]),
            ("'nope'", []),
            ("'nope', default='D'", ["D"]),
        ],
    )
    def test_a_row_is_found_by_its_key(self, evaluate: Evaluate, arguments: str, expected: list[str]) -> None:
        assert evaluate(f"query('csvfile', {arguments})") == expected

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ("'user', file='t.ini', section='s1'", ["bob"]),
            ("'user section=s1 file=t.ini'", ["bob"]),
            ("'ref', file='t.ini', section='s1'", ["h/x"]),
            ("'ref', file='t.ini', section='s1', interpolation=false", ["%(host)s/x"]),
            ("'multi', file='t.ini', section='s1'", ["a\nb"]),
            ("'user', file='t.ini', section='s1', case_sensitive=true", [""]),
            ("'User', file='t.ini', section='s1', case_sensitive=true", ["bob"]),
            ("'nope', file='t.ini', section='s1', default='D'", ["D"]),
            ("'n.*', file='t.ini', section='s1', re=true", ["1", "2"]),
            ("'bare', file='bare.ini', section='s1', allow_none=true", []),
            ("'user.name', 'user.pass', file='u.properties', type='properties'", ["joe", "x y"]),
        ],
    )
    def test_a_key_is_found_in_its_section(self, evaluate: Evaluate, arguments: str, expected: list[str]) -> None:
        assert evaluate(f"query('ini', {arguments})") == expected

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            ("lookup('ini', 'x', file='t.ini', section='nope')", "has no section 'nope'"),
            ("lookup('ini', 'x', file='bare.ini', section='s1')", "does not parse"),
            ("lookup('ini', 'x', file='t.ini', type='bad')", "no such choice"),
            ("lookup('csvfile', '')", "no key to search for"),
            ("lookup('csvfile', 'k1 nope=1')", "no option 'nope'"),
            ("lookup('csvfile', 'k1', col='x')", "not of the kind 'int'"),
            ("lookup('csvfile', 'Li', file='elements.csv', delimiter=',', col=9)", "lookup 'csvfile' failed"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, evaluate: Evaluate, expression: str, message: str) -> None:
        with pytest.raises(TemplateError) as caught:
            evaluate(expression)
        assert message in caught.value.message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("query('dict', {'a': 1}, {'b': 2})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
        ("query('items', [1, [2, [3]]], 4)", [1, [2, [3]], 4]),
        ("query('indexed_items', ['a', ['b']], 'c')", [[0, "a"], [1, ["b"]], [2, "c"]]),
        ("query('list', 1, [2])", [1, [2]]),
        ("query('nested', [1, 2], 'x')", [[1, "x"], [2, "x"]]),
        ("query('nested', [[1], [2]], ['a'])", [[1, "a"], [2, "a"]]),
        ("query('together', [1, 2], ['a'])", [[1, "a"], [2, None]]),
        ("query('random_choice', 7)", [7]),
        ("query('subelements', [{'a': 1, 'k': [1, 2]}], 'k')", [[{"a": 1}, 1], [{"a": 1}, 2]]),
        ("query('subelements', [{'a': {'b': [1]}}], 'a.b')", [[{"a": {}}, 1]]),
        ("query('subelements', [{}, {'k': [3]}], 'k', {'skip_missing': true})", [[{}, 3]]),
        ("query('subelements', [{'k': [3]}, {'skipped': true}], 'k')", [[{}, 3]]),
        ("query('sequence', 'start=0 end=4 stride=2 format=x%02d')", ["x00", "x02", "x04"]),
        ("query('sequence', '5')", ["1", "2", "3", "4", "5"]),
        ("query('sequence', '2-10/4')", ["2", "6", "10"]),
        ("query('sequence', '2:host%02d')", ["host01", "host02"]),
        ("query('sequence', start=1, end='3')", ["1", "2", "3"]),
        ("query('sequence', 'start=3 end=1 stride=-1')", ["3", "2", "1"]),
        ("query('sequence', 'count=3 start=10 stride=5')", ["10", "15", "20"]),
        ("query('sequence', 'count=0')", []),
        ("query('sequence', 'count=2', 'count=1')", ["1", "2", "1"]),
        ("query('env', 'HOME', 'NOPE')", ["/home/me", ""]),
        ("lookup('env', 'NOPE', default='D')", "D"),
        ("lookup('env', 'HOME', default=undef())", "/home/me"),
        ("query('vars', 'x', 'y')", [1, [1]]),
        ("lookup('vars', 'no' ~ 'pe', default='D')", "D"),
        ("query('varnames', '^x', 'y$')", ["x", "y"]),
        ("query('inventory_hostnames', 'all')", ["one", "two"]),
        ("lookup('config', 'DEFAULT_FORKS')", 5),
        ("lookup('config', 'DEFAULT_FORKS', show_origin=true)", [5, "env: ANSIBLE_FORKS"]),
        ("lookup('config', 'port', plugin_type='connection', plugin_name='ssh')", 22),
        ("query('config', 'NOPE', on_missing='skip')", []),
        ("lookup('pipe', 'echo hi; echo there')", "hi\nthere"),
        ("query('lines', 'echo a; echo b; echo')", ["a", "b", ""]),
        ("lookup('ansible.builtin.pipe', 'printf %s \"$HOME\"')", "/home/me"),
    ],
)
def test_a_lookup_gives(evaluate: Evaluate, expression: str, expected: Any) -> None:
    assert evaluate(expression, x=1, y=["{{ x }}"]) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("lookup('nope', 1)", "there is no lookup 'nope'"),
        ("query('dict', 'x')", "it takes dictionaries, not a value of type 'str'"),
        ("query('nested')", "at least one list"),
        ("query('subelements', [{'a': 1}], 'k')", "no key 'k'"),
        ("query('subelements', [{'k': 3}], 'k')", "does not hold a list"),
        ("query('sequence', 'start=3 end=1')", "counts backwards"),
        ("query('sequence', 'start=1 end=3 stride=-1')", "counts forwards"),
        ("query('sequence', 'count=2 end=3')", "exclude each other"),
        ("query('sequence', 'start=1')", "needs 'count' or 'end'"),
        ("query('sequence', 'bad')", "cannot be read"),
        ("query('sequence', 'count=2 nope=1')", "no option 'nope'"),
        ("query('sequence', 'count=2', format='%s-%s')", "does not format one number"),
        ("lookup('pipe', 'exit 3')", "the command ended with exit code 3"),
        ("lookup('config', 'NOPE')", "there is no setting 'NOPE'"),
        ("lookup('config', 'port', plugin_type='connection', plugin_name='telnet')", "cannot be read"),
        ("lookup('vars', 5)", "a term is text"),
        ("lookup('url', 'ftp://[')", "could not be fetched"),
        ("lookup('url', 'http://x', use_gssapi=true)", "gssapi"),
    ],
)
def test_a_lookup_says_what_it_cannot(evaluate: Evaluate, expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluate(expression)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "expression", ["lookup('vars', 'nope')", "lookup('env', 'NOPE', default=undef())", "q('list', nope)"]
)
def test_what_does_not_exist_is_an_undefined_variable(evaluate: Evaluate, expression: str) -> None:
    with pytest.raises(UndefinedVariableError):
        evaluate(expression)


def test_an_option_that_a_lookup_does_not_have_is_a_warning(evaluate: Evaluate, context: Context) -> None:
    assert evaluate("lookup('list', 1, nope=2)") == 1
    assert context.warnings == ["the lookup has no option 'nope'; it is left out"]


def test_an_unknown_lookup_has_a_hint() -> None:
    with pytest.raises(PluginNotFoundError) as caught:
        run_lookup("fil", [], {}, Scope(()))
    assert "'file'" in (caught.value.hint or "")


class TestTemplates:
    def test_a_template_gives_its_own_value(self, evaluate: Evaluate, files: Path) -> None:
        templates = files.parent / "templates"
        (templates / "list.j2").write_text("{{ [x] }}")
        (templates / "text.j2").write_text("k: {{ x }}\n")
        assert evaluate("lookup('template', 'list.j2')", x=5) == [5]
        assert evaluate("lookup('template', 'text.j2', convert_data=true)", x=5) == "k: 5\n"
        assert evaluate("lookup('template', 'text.j2', template_vars={'x': 9})", x=5) == "k: 9\n"

    def test_delimiters_may_be_chosen(self, evaluate: Evaluate, files: Path) -> None:
        (files.parent / "templates" / "d.j2").write_text("[[ x ]] {{ x }} <# c #>")
        options = (
            "variable_start_string='[[', variable_end_string=']]', comment_start_string='<#', comment_end_string='#>'"
        )
        assert evaluate(f"lookup('template', 'd.j2', {options})", x=5) == "5 {{ x }} "

    def test_a_template_may_choose_for_itself_in_its_first_line(self, evaluate: Evaluate, files: Path) -> None:
        text = '#jinja2: trim_blocks: False, variable_start_string: "[["\n[[ 5 }}\n{% if true %}\nz\n{% endif %}\n'
        (files.parent / "templates" / "h.j2").write_text(text)
        assert evaluate("lookup('template', 'h.j2')") == "5\n\nz\n"

    def test_a_template_knows_its_path(self, evaluate: Evaluate, files: Path) -> None:
        (files.parent / "templates" / "p.j2").write_text(
            "{{ template_path }}|{{ template_fullpath }}|{{ ansible_managed }}"
        )
        expected = f"p.j2|{files.parent / 'templates' / 'p.j2'}|Ansible managed"
        assert evaluate("lookup('template', 'p.j2')") == expected


class TestPasswords:
    def test_a_seed_gives_the_same_password_each_time(self, evaluate: Evaluate) -> None:
        assert evaluate("lookup('password', '/dev/null', seed='abc')") == "6TTuIhBjbajOIpXYV3o6"
        expression = "lookup('password', '/dev/null', seed='abc', length=30, chars=['ascii_letters', 'punctuation'])"
        assert evaluate(expression) == "@)TTuIhBjbajOIpX@YV%o)eTZY=`fS"
        assert (
            evaluate("lookup('password', '/dev/null chars=ascii_letters,digits,xyz seed=q')") == "6GeFuxyOHJ4YxfgY3zNy"
        )

    def test_length_and_characters_are_options(self, evaluate: Evaluate) -> None:
        assert len(evaluate("lookup('password', '/dev/null')")) == 20
        assert evaluate("lookup('password', '/dev/null', length=8, chars=['a'])") == "aaaaaaaa"
        assert set(evaluate("lookup('password', '/dev/null chars=a,,b length=200')")) == {"a", ",", "b"}

    def test_a_password_is_made_once_and_only_its_owner_may_read_it(self, evaluate: Evaluate, tmp_path: Path) -> None:
        made = evaluate("lookup('password', 'new/pw length=4')")
        path = tmp_path / "new" / "pw"
        assert path.read_text() == made + "\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert evaluate("lookup('password', 'new/pw')") == made
        assert [entry.name for entry in path.parent.iterdir()] == ["pw"]

    def test_a_salt_is_kept_beside_the_password(self, evaluate: Evaluate, tmp_path: Path) -> None:
        (tmp_path / "pw").write_text("plain\n")
        first = evaluate("lookup('password', 'pw', encrypt='sha256_crypt')")
        assert first == evaluate("lookup('password', 'pw', encrypt='sha256_crypt')")
        assert (tmp_path / "pw").read_text() == f"plain salt={first.split('$')[3]}\n"
        assert evaluate("lookup('password', 'pw')") == "plain"

    def test_the_variant_of_bcrypt_is_kept_too(self, evaluate: Evaluate, tmp_path: Path) -> None:
        result = evaluate("lookup('password', 'pw', encrypt='bcrypt', ident='2a', length=4)")
        assert result.startswith("$2a$12$")
        assert (tmp_path / "pw").read_text().endswith(" ident=2a\n")

    @pytest.mark.parametrize("term", ["pw nope=1", "/dev/null chars=", "/dev/null encrypt=nope"])
    def test_what_cannot_be_is_refused(self, evaluate: Evaluate, term: str) -> None:
        with pytest.raises(TemplateError, match="lookup 'password' failed"):
            evaluate(f"lookup('password', '{term}')")


def test_lists_need_no_run() -> None:
    templar = Templar(filters=FILTERS, tests=TESTS, lookup=run_lookup)
    assert templar.evaluate("query('items', [1, 2])", Scope(())) == [1, 2]


def test_every_documented_lookup_is_there() -> None:
    documented = """config csvfile dict env file fileglob first_found indexed_items ini inventory_hostnames items lines
    list nested password pipe random_choice sequence subelements template together unvault url varnames vars"""
    assert sorted(LOOKUPS) == sorted(documented.split())
    assert all(callable(LOOKUPS[name]) for name in LOOKUPS)
