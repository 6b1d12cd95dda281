"""The filters that ship: results as documented."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.content.filters import FILTERS
from assible.content.tests import TESTS
from assible.exceptions import TemplateError, UndefinedVariableError
from assible.model.text import TemplateText, trusted
from assible.templating import Scope, Templar

TEMPLAR = Templar(filters=FILTERS, tests=TESTS)
VARIABLES = trusted(
    {
        "mixed": {"a": 1, "b": [1, 2], "c": {"x": 1, "y": None}, "é": "ü", "t": "yes", "m": "a\nb\n", "o": {}, "p": []},
        "older": {"a": {"x": 1, "l": [1, 2]}, "k": 1},
        "newer": {"a": {"y": 2, "l": [2, 3]}, "k": 2},
        "people": [{"name": "a", "v": 1}, {"name": "b", "v": 2}, {"name": "a", "v": 3}],
        "users": [{"name": "alice", "keys": ["k1", "k2"], "n": {"deep": [1, 2]}}, {"name": "bob", "keys": ["k3"]}],
        "s": "Hello World foo123 bar45",
        "lines": "one\ntwo\nthree",
        "shared": {"k": [1]},
    }
)
SCOPE = Scope((VARIABLES,))


def evaluate(expression: str) -> Any:
    return TEMPLAR.evaluate(expression, SCOPE)


def check(expression: str, expected: Any) -> None:
    result = evaluate(expression)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "mixed | to_json",
            '{"a": 1, "b": [1, 2], "c": {"x": 1, "y": null}, "\\u00e9": "\\u00fc", "t": "yes", "m": "a\\nb\\n", "o": {}, "p": []}',
        ),
        ("{'b': 1, 'a': [1]} | to_nice_json", '{\n    "a": [\n        1\n    ],\n    "b": 1\n}'),
        ("{'é': 1} | to_nice_json(indent=2, sort_keys=false, ensure_ascii=false)", '{\n  "é": 1\n}'),
        ("{'b': 1, 'a': 2} | to_json(sort_keys=true, indent=1, separators=[',', ':'])", '{\n "a":2,\n "b":1\n}'),
        ("{1: 2, none: 4} | to_json(preprocess_unsafe=false, vault_to_text=false)", '{"1": 2, "null": 4}'),
        ("'2020-01-02' | to_datetime('%Y-%m-%d') | to_json", '"2020-01-02T00:00:00"'),
        ("'{\"a\": [1, 2.0, null, true]}' | from_json", {"a": [1, 2.0, None, True]}),
        (
            "mixed | to_yaml",
            "a: 1\nb: [1, 2]\nc: {x: 1, y: null}\nm: 'a\n\n  b\n\n  '\no: {}\np: []\nt: 'yes'\né: ü\n",
        ),
        (
            "mixed | to_nice_yaml",
            "a: 1\nb:\n- 1\n- 2\nc:\n    x: 1\n    y: null\nm: 'a\n\n    b\n\n    '\no: {}\np: []\nt: 'yes'\né: ü\n",
        ),
        ("{'b': 1, 'a': {'c': 2}} | to_nice_yaml(indent=2, sort_keys=false)", "b: 1\na:\n  c: 2\n"),
        ("[1, [2, {'a': []}]] | to_nice_yaml", "- 1\n-   - 2\n    -   a: []\n"),
        ("'x' | to_yaml", "x\n"),
        ("none | to_yaml", "null\n"),
        ("{'a': shared, 'b': shared} | to_yaml", "a: &id001\n  k: [1]\nb: *id001\n"),
        (
            "{'c': '2020-01-01', 'd': 'null', 'z': '12:30:45'} | to_yaml",
            "{c: '2020-01-01', d: 'null', z: '12:30:45'}\n",
        ),
        ("'a: yes\nb: 0777\nc: 1e3' | from_yaml", {"a": True, "b": 511, "c": "1e3"}),
        ("5 | from_yaml", 5),
        ("'---\na: 1\n---\nb: 2' | from_yaml_all", [{"a": 1}, {"b": 2}]),
        ("none | from_yaml_all", []),
    ],
)
def test_data_is_written_and_read(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("older | combine(newer)", {"a": {"y": 2, "l": [2, 3]}, "k": 2}),
        ("older | combine(newer, recursive=true)", {"a": {"x": 1, "l": [2, 3], "y": 2}, "k": 2}),
        ("(older | combine(newer, recursive=true, list_merge='keep')).a.l", [1, 2]),
        ("(older | combine(newer, recursive=true, list_merge='append')).a.l", [1, 2, 2, 3]),
        ("(older | combine(newer, recursive=true, list_merge='prepend')).a.l", [2, 3, 1, 2]),
        ("(older | combine(newer, recursive=true, list_merge='append_rp')).a.l", [1, 2, 3]),
        ("(older | combine(newer, recursive=true, list_merge='prepend_rp')).a.l", [2, 3, 1]),
        ("{'a': [1]} | combine({'a': [2]}, list_merge='append')", {"a": [1, 2]}),
        ("[{'a': 1}, {'b': 2}] | combine({'a': 3})", {"a": 3, "b": 2}),
        ("{} | combine([])", {}),
        ("{'a': 1} | combine(none)", {"a": 1}),
        ("{'a': 1} | dict2items", [{"key": "a", "value": 1}]),
        ("{'a': 1} | dict2items(key_name='k', value_name='v')", [{"k": "a", "v": 1}]),
        ("[{'k': 'a', 'v': 1}] | items2dict(key_name='k', value_name='v')", {"a": 1}),
        ("[1, [2, [3, none, [4, 'null']]]] | flatten", [1, 2, 3, 4]),
        ("[1, [2, [3]]] | flatten(levels=1)", [1, 2, [3]]),
        ("[1, [none]] | flatten(skip_nulls=false)", [1, None]),
        ("'x' | flatten", ["x"]),
        ("[1, 2] | zip([3])", [[1, 3]]),
        ("[1, 2] | zip_longest([3], fillvalue='X')", [[1, 3], [2, "X"]]),
        ("[1, 2] | product([3, 4])", [[1, 3], [1, 4], [2, 3], [2, 4]]),
        ("[1, 2] | product(repeat=2) | length", 4),
        ("[1, 2, 3] | permutations(2) | length", 6),
        ("[1, 2, 3] | combinations(2)", [[1, 2], [1, 3], [2, 3]]),
        ("['a', 'b'] | map('extract', {'a': 1, 'b': 2})", [1, 2]),
        ("'a' | extract({'a': {'x': [5]}}, ['x', 0])", 5),
        ("users | subelements('keys') | map('last')", ["k1", "k2", "k3"]),
        ("users | subelements('n.deep', skip_missing=true) | map('last')", [1, 2]),
        ("{'x': {'k': [1]}} | subelements('k')", [[{"k": [1]}, 1]]),
        (
            "people | rekey_on_member('name', duplicates='overwrite') | dictsort | map('last') | map(attribute='v')",
            [3, 2],
        ),
        ("{'x': {'n': 'a'}} | rekey_on_member('n')", {"a": {"n": "a"}}),
        ("10 | random(seed='x')", 5),
        ("100 | random(1, 10, 'a')", 41),
        ("[1, 2, 3] | random(seed='a')", 2),
        ("[1, 2, 3, 4, 5] | shuffle(seed='x')", [5, 2, 1, 4, 3]),
        ("5 | shuffle", 5),
    ],
)
def test_collections_are_reshaped(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[3, 1, 3, 'a', none] | unique", [3, 1, "a", None]),
        ("['a', 'A', 'b'] | unique", ["a", "b"]),
        ("['a', 'A'] | unique(case_sensitive=true)", ["a", "A"]),
        ("people | unique(attribute='name') | map(attribute='v')", [1, 2]),
        ("[[1], [1], {'a': 1}, {'a': 1}] | unique", [[1], {"a": 1}]),
        ("[1, 2, 2, 3] | union([3, 4, 4])", [1, 2, 3, 4]),
        ("['a'] | union(['A'])", ["a", "A"]),
        ("[1, 2, 2, 3] | intersect([2, 2, 3, 5])", [2, 3]),
        ("[1, 1, 2, 3] | difference([2])", [1, 3]),
        ("[1, 2, 2] | symmetric_difference([2, 3, 3])", [1, 3]),
        ("[[1], {'a': 1}] | symmetric_difference([[1], [3]])", [{"a": 1}, [3]]),
    ],
)
def test_lists_are_sets_that_keep_their_order(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("s | regex_replace('o', '0', count=1)", "Hell0 World foo123 bar45"),
        ("s | regex_replace('([a-z]+)(\\\\d+)', '\\\\2\\\\1')", "Hello World 123foo 45bar"),
        ("s | regex_replace('WORLD ', '', ignorecase=true)", "Hello foo123 bar45"),
        ("lines | regex_replace('^t', 'T', multiline=True)", "one\nTwo\nThree"),
        ("5 | regex_replace('5', '6')", "6"),
        ("s | regex_search('foo')", "foo"),
        ("s | regex_search('foo(\\\\d+) bar(?P<n>\\\\d+)', '\\\\1', '\\\\g<n>')", ["123", "45"]),
        ("s | regex_search('nope(x)', '\\\\1')", None),
        ("lines | regex_search('^two$', multiline=true)", "two"),
        ("s | regex_findall('([a-z]+)(\\\\d+)')", [["foo", "123"], ["bar", "45"]]),
        ("'aXbX' | regex_findall('x', ignorecase=true)", ["X", "X"]),
        ("'a b-c.d' | regex_escape", "a\\ b\\-c\\.d"),
        ("'a.b*[x]$^' | regex_escape('posix_basic')", "a\\.b\\*\\[x\\]\\$\\^"),
        ("'a b' | quote", "'a b'"),
        ("none | quote", "''"),
        ("'a b c' | split", ["a", "b", "c"]),
        ("'a,b,c' | split(',', 1)", ["a", "b,c"]),
        ("'hello' | comment", "#\n# hello\n#"),
        ("'a\n\nb' | comment('c')", "//\n// a\n//\n// b\n//"),
        ("'a' | comment('cblock')", "/*\n *\n * a\n *\n */"),
        ("'a' | comment('xml')", "<!--\n -\n - a\n -\n-->"),
        ("'a' | comment('erlang', prefix='')", "% a\n%"),
        ("'a' | comment(decoration='; ')", ";\n; a\n;"),
        ("'a' | comment(prefix_count=0, postfix_count=2)", "# a\n#\n#"),
        ("'a' | comment(beginning='B', end='E')", "B\n#\n# a\n#\nE"),
        ("'' | comment", "#\n# \n#"),
    ],
)
def test_text_is_searched_and_written(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("8 | log(2)", 3.0),
        ("100 | log(10)", 2.0),
        ("1 | log", 0.0),
        ("2 | pow(5)", 32.0),
        ("9 | root", 3.0),
        ("8 | root(3)", 2.0),
        ("1024 | human_readable", "1.00 KB"),
        ("0 | human_readable", "0.00 Bytes"),
        ("-5 | human_readable", "-5.00 Bytes"),
        ("10 | human_readable(isbits=true)", "10.00 bits"),
        ("1500 | human_readable(true, 'K')", "1.46 Kb"),
        ("123456789012 | human_readable(unit='g')", "114.98 GB"),
        ("'1.5 MB' | human_to_bytes", 1572864),
        ("'1 kilobyte' | human_to_bytes", 1024),
        ("'1Kb' | human_to_bytes(isbits=true)", 1024),
        ("'10' | human_to_bytes(default_unit='M')", 10485760),
        ("'10b' | human_to_bytes", 10),
        ("1.5 | human_to_bytes", 2),
    ],
)
def test_numbers_and_sizes(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'é' | b64encode", "w6k="),
        ("'é' | b64encode(encoding='utf-16-le')", "6QA="),
        ("'>>>???' | b64encode(urlsafe=true)", "Pj4-Pz8_"),
        ("'Pj4-Pz8_' | b64decode(urlsafe=true)", ">>>???"),
        ("'a' | md5", "0cc175b9c0f1b6a831c399e269772661"),
        ("'a' | checksum", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("'a' | hash('sha256')", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("'a' | to_uuid", "9b6d1a0c-51b1-5093-93fc-cf09a700edff"),
        ("'a' | to_uuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')", "4f3f2898-69e3-5a0d-820a-c4e87987dbce"),
        ("'%Y-%m-%d %H:%M:%S' | strftime(0, utc=true)", "1970-01-01 00:00:00"),
        ("'%f %Z %z' | strftime('1.5', utc=true)", "500000 UTC +0000"),
        ("'2020-01-02 03:04:05' | to_datetime", datetime(2020, 1, 2, 3, 4, 5)),
        ("('2020-01-02' | to_datetime('%Y-%m-%d') - '2020-01-01' | to_datetime('%Y-%m-%d')).days", 1),
        ("'a%20b+c%C3%A9' | urldecode", "a b cé"),
        ("'http://u:p@h.com:80/p?q=1#f' | urlsplit('port')", 80),
        ("('http://u:p@h.com:80/p?q=1#f' | urlsplit).netloc", "u:p@h.com:80"),
        ("'/a/b/c.tar.gz' | splitext", ["/a/b/c.tar", ".gz"]),
        ("'/a/../b//c' | normpath", "/b/c"),
        ("'/a/b' | relpath('/a/c')", "../b"),
        ("['/a/b/c', '/a/b/d'] | commonpath", "/a/b"),
        ("['a', 'b'] | path_join", "a/b"),
        ("'/a/b.c' | basename ~ ('/a/b.c' | dirname)", "b.c/a"),
        ("'C:\\\\a\\\\b.txt' | win_basename", "b.txt"),
        ("'C:\\\\a\\\\b.txt' | win_dirname", "C:\\a"),
        ("'C:\\\\a' | win_splitdrive", ["C:", "\\a"]),
    ],
)
def test_encodings_dates_paths_and_urls(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        *((f"{value!r} | bool", True) for value in ("yes", "on", "1", "True", 1, 1.0, True)),
        *((f"{value!r} | bool", False) for value in ("no", "off", "0", "y", "abc", "", 0, 2)),
        ("none | bool", False),
        ("true | ternary('a', 'b')", "a"),
        ("none | ternary('a', 'b')", "b"),
        ("none | ternary('a', 'b', 'c')", "c"),
        ("true | ternary('a', nope)", "a"),
        ("1 | mandatory", 1),
        (
            "[1 | type_debug, 'a' | type_debug, none | type_debug, mixed | type_debug]",
            ["int", "str", "NoneType", "dict"],
        ),
    ],
)
def test_values_of_any_kind(expression: str, expected: Any) -> None:
    check(expression, expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("'nope' | from_json", "filter 'from_json' failed: Expecting value"),
        ("'a: [' | from_yaml", "filter 'from_yaml' failed"),
        ("older | combine('x')", "only dictionaries can be combined, not a value of type 'str'"),
        ("older | combine(newer, list_merge='bad')", "'list_merge' has no mode 'bad'"),
        ("[1] | dict2items", "it takes a dictionary"),
        ("[{'key': 'a'}] | items2dict", "needs the keys 'key' and 'value'"),
        ("'x' | items2dict", "it takes a list"),
        ("[1, 2] | zip([3], strict=true)", "shorter"),
        ("users | subelements('n.deep')", "no key 'n'"),
        ("people | rekey_on_member('name')", "two elements have the same value"),
        ("people | rekey_on_member('nope')", "no key 'nope'"),
        ("s | regex_replace('o', '0', mandatory_count=9)", "must match 9 times, and matches 4 times"),
        ("s | regex_search('(foo)', '1')", "refers to no group"),
        ("'a' | regex_escape('x')", "no escaping for 'x'"),
        ("'1Kb' | human_to_bytes", "not a unit of bytes"),
        ("'1MB' | human_to_bytes(isbits=true)", "not a unit of bits"),
        ("'1Xq' | human_to_bytes", "there is no unit 'Xq'"),
        ("'1,5K' | human_to_bytes", "not a size"),
        ("'x' | log", "numbers only"),
        ("'x' | human_readable", "numbers only"),
        ("'a' | hash('blowfish')", "no digest 'blowfish'"),
        ("'YQ' | b64decode", "Incorrect padding"),
        ("'a' | to_uuid(namespace='bad')", "not a UUID"),
        ("'%Y' | strftime('x')", "not a number of seconds"),
        ("5 | basename", "a path is text"),
        ("'http://h' | urlsplit('bad')", "a URL has no part 'bad'"),
        ("'a' | comment('nope')", "no comment style 'nope'"),
        ("[1, 2] | random(start=1)", "for integers only"),
        ("nope | mandatory", "the mandatory variable 'nope' is not defined"),
        ("nope | mandatory(msg='need it')", "need it"),
        ("[1] | to_json(nope=1)", "filter 'to_json' failed"),
    ],
)
def test_what_a_filter_cannot_do_is_said(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluate(expression)
    assert message in caught.value.message


@pytest.mark.parametrize("expression", ["{'a': nope} | to_json", "[nope] | to_yaml", "'z' | extract({'a': 1})"])
def test_undefined_values_inside_are_undefined_variables(expression: str) -> None:
    with pytest.raises(UndefinedVariableError):
        evaluate(expression)


def test_the_documented_hash_of_a_password_comes_out() -> None:
    expression = "'vagrant-libvirt' | password_hash(hashtype='bcrypt', salt='abcdefghijklmnopqrstuv')"
    assert evaluate(expression) == "$2b$12$abcdefghijklmnopqrstuuTEw8POU2MwwuYEM7WaKcjqZ948Hm7.W"


@pytest.mark.parametrize(
    ("expression", "start", "length"),
    [
        ("'p' | password_hash('sha512', 'abc', rounds=5000)", "$6$abc$", 93),
        ("'p' | password_hash('sha256', rounds=1000)", "$5$rounds=1000$", 75),
        ("'p' | password_hash('md5', 'saltsalt')", "$1$saltsalt$", 34),
        ("'p' | password_hash('bcrypt', rounds=4, ident='2a')", "$2a$04$", 60),
        ("'p' | password_hash('sha512_crypt', salt_size=4, rounds=5000)", "$6$", 94),
    ],
)
def test_passwords_are_hashed_by_scheme_salt_and_rounds(expression: str, start: str, length: int) -> None:
    result = evaluate(expression)
    assert result.startswith(start)
    assert len(result) == length


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("'p' | password_hash('nope')", "no password hash 'nope'"),
        ("'p' | password_hash('sha512', 'sa@lt')", "the salt holds characters"),
        ("'p' | password_hash('sha512', 'waytoolongsaltisgiven')", "expected are at most 16"),
        ("'p' | password_hash('bcrypt', 'abc')", "expected are exactly 22"),
        ("'p' | password_hash('bcrypt', ident='zz')", "no variant 'zz'"),
    ],
)
def test_a_salt_that_does_not_fit_is_refused(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluate(expression)
    assert message in caught.value.message


def test_files_are_found_by_pattern(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "d.txt").mkdir()
    assert evaluate(f"'{tmp_path}/*.txt' | fileglob") == [str(tmp_path / "a.txt")]


def test_vaulted_text_opens_with_its_secret() -> None:
    assert evaluate("'text' | vault('pw') | unvault('pw')") == "text"
    assert evaluate("'text' | vault('pw', vault_id='me')").startswith("$ANSIBLE_VAULT;1.2;AES256;me\n")
    assert evaluate("'text' | vault('pw', 's') == 'text' | vault('pw', 's')")
    assert evaluate("'text' | unvault('pw')") == "text"
    with pytest.raises(TemplateError, match="filter 'unvault' failed"):
        evaluate("'text' | vault('pw') | unvault('wrong')")


def test_a_wrapped_vaulted_value_is_written_as_asked() -> None:
    value = "{'k': 'x' | vault('pw', 's1s1s1s1', wrap_object=true)}"
    assert evaluate(f"{value} | to_yaml") == "{k: x}\n"
    assert evaluate(f"{value} | to_yaml(vault_behavior='redact')") == "{k: <redacted>}\n"
    assert evaluate(f"{value} | to_yaml(vault_behavior='keep_encrypted')").startswith("k: !vault |\n  $ANSIBLE_VAULT;")
    assert evaluate(f"({value} | to_json(vault_to_text=false) | from_json).k.__ansible_vault").startswith("$ANSIBLE")
    assert evaluate(value) == {"k": "x"}
    with pytest.raises(TemplateError, match="a vaulted value"):
        evaluate(f"{value} | to_yaml(vault_behavior='fail')")


@pytest.mark.parametrize(
    "expression",
    [
        "'e3sgMSArIDEgfX0=' | b64decode",
        "['{', '{ 1 + 1 }}'] | join",
        "('{' ~ '{ 1 + 1 }}') | to_json | from_json",
        "'{' ~ '{ 1 + 1 }}' | trim",
        "('{' ~ '{ 1 + 1 }}') | vault('pw', wrap_object=true)",
        "('{' ~ '{ 1 + 1 }}') | urlencode | urldecode",
    ],
)
def test_text_that_a_filter_makes_is_never_rendered(expression: str) -> None:
    scope = Scope((trusted({"made": "{{ " + expression + " }}", "boxed": {"v": "{{ made }}"}}),))
    for template in ("{{ made }}", "{{ boxed.v }}", "{{ [made][0] }}", "{{ boxed['v'] | string }}"):
        result = TEMPLAR.render(TemplateText(template), scope)
        assert "1 + 1" in result
        assert not isinstance(result, TemplateText)


def test_every_documented_filter_is_there() -> None:
    documented = """abs attr b64decode b64encode basename batch bool capitalize center checksum combinations combine
    comment commonpath count d default dict2items dictsort difference dirname e escape expanduser expandvars extract
    fileglob filesizeformat first flatten float forceescape format from_json from_yaml from_yaml_all groupby hash
    human_readable human_to_bytes indent int intersect items items2dict join last length list log lower mandatory map
    max md5 min normpath password_hash path_join permutations pow pprint product quote random realpath regex_escape
    regex_findall regex_replace regex_search reject rejectattr rekey_on_member relpath replace reverse root round safe
    select selectattr sha1 shuffle slice sort split splitext strftime string striptags subelements sum
    symmetric_difference ternary title to_datetime to_json to_nice_json to_nice_yaml to_uuid to_yaml tojson trim
    truncate type_debug union unique unvault upper urldecode urlencode urlize urlsplit vault win_basename win_dirname
    win_splitdrive wordcount wordwrap xmlattr zip zip_longest"""
    missing = [name for name in documented.split() if not evaluate(f"'ansible.builtin.{name}' is filter")]
    assert missing == []


def test_every_filter_of_the_table_can_be_imported() -> None:
    assert all(callable(FILTERS[name]) for name in FILTERS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_characters="\x7f\x85\u2028\u2029"))


@given(JSON)
def test_json_comes_back_as_it_went(value: Any) -> None:
    assert FILTERS["from_json"](FILTERS["to_json"](value)) == value


@given(st.dictionaries(PRINTABLE, PRINTABLE | st.integers() | st.lists(PRINTABLE, max_size=3), max_size=4))
def test_yaml_comes_back_as_it_went(value: Any) -> None:
    assert FILTERS["from_yaml"](FILTERS["to_nice_yaml"](value)) == value


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_base64_comes_back_as_it_went(text: str, urlsafe: bool) -> None:
    assert FILTERS["b64decode"](FILTERS["b64encode"](text, urlsafe=urlsafe), urlsafe=urlsafe) == text


@given(st.dictionaries(st.text(), st.integers()))
def test_items_come_back_as_a_dictionary(value: dict[str, int]) -> None:
    assert FILTERS["items2dict"](FILTERS["dict2items"](value)) == value


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_set_filters_agree_with_sets(a: list[int], b: list[int]) -> None:
    assert set(FILTERS["union"](a, b)) == set(a) | set(b)
    assert set(FILTERS["intersect"](a, b)) == set(a) & set(b)
    assert set(FILTERS["difference"](a, b)) == set(a) - set(b)
    assert set(FILTERS["symmetric_difference"](a, b)) == set(a) ^ set(b)
