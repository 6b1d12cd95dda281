"""YAML with positions: every value knows where it was written.

libyaml scans, parses and composes in C; one small builder makes our values from the composed nodes. Resolution is that
of YAML 1.1, as playbooks expect it: ``yes`` is a boolean, ``0755`` is octal, ``12:30`` is base 60.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, Final, Literal, NamedTuple, cast

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from assible.exceptions import VaultError, YamlError
from assible.model.garbage import collection_paused
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, SourceText, TemplateText, VaultedText

try:
    from yaml._yaml import CParser as _CParser
    from yaml.cyaml import CSafeDumper as _SafeDumper
except ImportError:  # PyYAML built without libyaml
    _CParser = None  # type: ignore[assignment,misc]
    from yaml import SafeDumper as _SafeDumper  # type: ignore[assignment]

Warn = Callable[[str, Origin], None]
DuplicateKeys = Literal["warn", "error", "ignore"]

_LONG_TEXT: Final = 50_000  # characters; makes enough objects for the collector to run
_STANDARD: Final = "tag:yaml.org,2002:"
_MERGE: Final = _STANDARD + "merge"
_TEXT_TAGS: Final = frozenset({None, "!", _STANDARD + "str"})
_VAULT_TAGS: Final = frozenset({"!vault", "!vault-encrypted"})
_UNSAFE: Final = "!unsafe"

# First character of a plain scalar -> the patterns to try. A lone "=" has a tag of its own in YAML 1.1 that nobody
# means: it stays text.
_IMPLICIT: Final[dict[str, tuple[tuple[str, re.Pattern[str]], ...]]] = {
    first: tuple((tag, pattern) for tag, pattern in rules if tag != _STANDARD + "value")
    for first, rules in Resolver.yaml_implicit_resolvers.items()
}


def load_yaml(
    text: str | bytes,
    path: str,
    *,
    decrypt: Callable[[str], str] | None = None,
    warn: Warn | None = None,
    first_line: int = 1,
    duplicate_keys: DuplicateKeys = "warn",
) -> Any:
    """Parse one YAML document into source values.

    Args:
        text: The document; bytes are decoded as YAML says (UTF-8, or UTF-16 with a byte order mark).
        path: Where it was read, or a description in angle brackets.
        decrypt: Opens the ``!vault`` scalars when they are read; without it, reading one raises `VaultError`.
        warn: Told of duplicate keys.
        first_line: The line of the file on which the text begins.
        duplicate_keys: What a key that is written twice in one mapping is. A key that overrides a merged one (``<<``)
            is no duplicate.

    Returns:
        The document's value; None where the text holds no document.

    Raises:
        YamlError: The text is not YAML, holds more than one document, an unknown tag or an unusable key.
    """
    documents = load_yaml_documents(
        text, path, decrypt=decrypt, warn=warn, first_line=first_line, duplicate_keys=duplicate_keys, limit=1
    )
    return documents[0] if documents else None


def load_yaml_documents(
    text: str | bytes,
    path: str,
    *,
    decrypt: Callable[[str], str] | None = None,
    warn: Warn | None = None,
    first_line: int = 1,
    duplicate_keys: DuplicateKeys = "warn",
    limit: int | None = None,
) -> list[Any]:
    """Parse every document of a stream; see `load_yaml`. More documents than ``limit`` are an error."""
    builder = _Builder(path, first_line, decrypt or _no_secret, warn if duplicate_keys == "warn" else None)
    builder.refuse_duplicates = duplicate_keys == "error"
    values: list[Any] = []
    try:
        with collection_paused() if len(text) > _LONG_TEXT else nullcontext():
            for node in _compose(text):
                if limit is not None and len(values) >= limit:
                    raise YamlError(f"Only {limit} YAML document may stand here.", origin=builder.origin(node))
                values.append(builder.build(node))
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, path, first_line) from error
    except UnicodeError as error:
        raise YamlError(f"The text cannot be decoded: {error}.", origin=Origin(path)) from error
    except RecursionError as error:
        raise YamlError("The YAML is nested too deeply.", origin=Origin(path)) from error
    return values


def _no_secret(ciphertext: str) -> str:
    raise VaultError("An encrypted value was read, but no vault secrets were given.")


class _Resolution:
    """Resolves plain scalars; None stands for text, and for containers without a tag of their own."""

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str | None:
        if kind is ScalarNode and implicit and implicit[0]:
            for tag, pattern in _IMPLICIT.get(value[:1], ()) if value else _IMPLICIT[""]:
                if pattern.match(value):  # type: ignore[arg-type]  # scalars have text
                    return tag
        return None

    def descend_resolver(self, parent: object, index: object) -> None:
        """Do nothing: resolution does not depend on the path."""

    def ascend_resolver(self) -> None:
        """Do nothing, as above."""


if _CParser is not None:

    class _FastComposer(_Resolution, _CParser):
        pass


class _PureComposer(_Resolution, Reader, Scanner, Parser, Composer):
    def __init__(self, stream: str | bytes) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


def _compose(text: str | bytes) -> Iterator[Node]:
    composer: Any = _FastComposer(text) if _CParser is not None else _PureComposer(text)
    while composer.check_node():
        yield composer.get_node()


_SCALARS: Final = SafeConstructor()  # keeps no state between scalars
_BOOLEANS: Final = SafeConstructor.bool_values


def _integer(node: ScalarNode) -> Any:
    value = node.value
    if value.isascii() and value.isdigit() and (value[0] != "0" or len(value) == 1):
        return int(value)
    return _SCALARS.construct_yaml_int(node)


_CONSTRUCT: Final[dict[str, Callable[[ScalarNode], Any]]] = {
    _STANDARD + "null": lambda node: None,
    _STANDARD + "bool": lambda node: _BOOLEANS[node.value.lower()],
    _STANDARD + "int": _integer,
    _STANDARD + "float": _SCALARS.construct_yaml_float,
    _STANDARD + "binary": _SCALARS.construct_yaml_binary,
    _STANDARD + "timestamp": _SCALARS.construct_yaml_timestamp,
    _STANDARD + "value": lambda node: node.value,
}


class _Builder:
    """Makes values of composed nodes. One per stream: it shares what anchors share."""

    __slots__ = ("_decrypt", "_made", "_open", "_path", "_shift", "_warn", "refuse_duplicates")

    def __init__(self, path: str, first_line: int, decrypt: Callable[[str], str], warn: Warn | None) -> None:
        self._path = path
        self._shift = first_line
        self._decrypt = decrypt
        self._warn = warn
        self._made: dict[Node, Any] = {}  # containers only; keyed by the node, which it keeps alive
        self._open: set[Node] = set()
        self.refuse_duplicates = False

    def origin(self, node: Node) -> Origin:
        mark = node.start_mark
        return Origin(self._path, mark.line + self._shift, mark.column + 1)

    def build(self, node: Node, unsafe: bool = False) -> Any:
        if type(node) is ScalarNode:
            return self._scalar(node, unsafe)
        made = self._made.get(node)
        if made is not None:
            return made
        if node in self._open:
            raise YamlError("An anchored value contains itself.", origin=self.origin(node))
        self._open.add(node)
        made = self._container(node, unsafe)
        self._open.discard(node)
        self._made[node] = made
        return made

    def _scalar(self, node: ScalarNode, unsafe: bool) -> Any:
        tag: str | None = node.tag
        value: str = node.value
        if tag is None and not unsafe:  # nearly every scalar: what `source_text` does, without its calls
            kind = TemplateText if "{" in value and ("{{" in value or "{%" in value or "{#" in value) else SourceText
            text = str.__new__(kind, value)
            mark = node.start_mark
            text.origin = Origin(self._path, mark.line + self._shift, mark.column + 1)
            return text
        if tag == _UNSAFE:
            tag, unsafe = _plain_tag(node), True
        if tag in _TEXT_TAGS:
            return value if unsafe else _text(value, self.origin(node))
        if tag in _VAULT_TAGS:
            return VaultedText(value, self._decrypt, self.origin(node))
        construct = _CONSTRUCT.get(tag) if tag else None
        if tag is None or construct is None:
            raise self._unknown_tag(node)
        try:
            return construct(node)
        except (ValueError, KeyError, OverflowError, AttributeError) as error:
            reason = f"'{value}' is not a valid {tag.removeprefix(_STANDARD)}"
            raise YamlError(f"{reason}.", origin=self.origin(node), hint="Quote the value if it is text.") from error

    def _container(self, node: Node, unsafe: bool) -> Any:
        tag: str | None = node.tag
        if tag == _UNSAFE:
            tag, unsafe = None, True
        if isinstance(node, MappingNode):
            if tag in (None, "!", _STANDARD + "map"):
                return self._mapping(node, unsafe)
            if tag == _STANDARD + "set":
                return {self._key(key, unsafe) for key, _ in node.value}
        elif tag in (None, "!", _STANDARD + "seq"):
            return self._sequence(node, unsafe)
        elif tag in (_STANDARD + "omap", _STANDARD + "pairs"):
            return self._pairs(node, unsafe)
        if tag in _VAULT_TAGS:
            raise YamlError(f"The tag '{tag}' needs encrypted text.", origin=self.origin(node))
        raise self._unknown_tag(node)

    def _sequence(self, node: Node, unsafe: bool) -> SourceList:
        build = self.build
        values = [build(child, unsafe) for child in node.value]
        return SourceList(values, self.origin(node), _holds_templates(values))

    def _pairs(self, node: Node, unsafe: bool) -> SourceList:
        pairs = []
        for child in node.value:
            if not isinstance(child, MappingNode) or len(child.value) != 1:
                raise YamlError("Each element of ordered pairs is one key with one value.", origin=self.origin(child))
            [(key, value)] = child.value
            values = [self._key(key, unsafe), self.build(value, unsafe)]
            pairs.append(SourceList(values, self.origin(child), _holds_templates(values)))
        return SourceList(pairs, self.origin(node), _holds_templates(pairs))

    def _mapping(self, node: MappingNode, unsafe: bool) -> SourceDict:
        build = self.build
        items: dict[Any, Any] = {}
        places: dict[Any, tuple[int, int]] = {}
        merges: list[Node] = []
        for key_node, value_node in node.value:
            if type(key_node) is ScalarNode and key_node.tag is None:
                key = key_node.value
            elif key_node.tag == _MERGE:
                merges.append(value_node)
                continue
            else:
                key = self._key(key_node, unsafe)
            mark = key_node.start_mark
            if key in items:
                self._duplicate(key, key_node)
            items[key] = build(value_node, unsafe)
            places[key] = (mark.line + self._shift, mark.column + 1)
        if merges:
            items, places = self._merged(merges, items, places)
        return SourceDict(items, self.origin(node), places, _holds_templates(items.values()))

    def _merged(
        self, merges: list[Node], items: dict[Any, Any], places: dict[Any, tuple[int, int]]
    ) -> tuple[dict[Any, Any], dict[Any, tuple[int, int]]]:
        all_items: dict[Any, Any] = {}
        all_places: dict[Any, tuple[int, int]] = {}
        for source in (source for merge in merges for source in self._merge_sources(merge)):
            all_items.update(source)
            all_places.update(source.key_places)
        return all_items | items, all_places | places

    def _merge_sources(self, node: Node) -> list[SourceDict]:
        """Return what a ``<<`` brings, the weakest first."""
        nodes = reversed(node.value) if isinstance(node, SequenceNode) else (node,)
        sources = []
        for child in nodes:
            if not isinstance(child, MappingNode):
                raise YamlError(
                    "A merge key (<<) takes a mapping or a list of mappings.",
                    origin=self.origin(child),
                    hint="Write it as '<<: *anchor', where the anchor stands on a mapping.",
                )
            sources.append(self.build(child))
        return sources

    def _key(self, node: Node, unsafe: bool) -> Any:
        if not isinstance(node, ScalarNode):
            raise YamlError(
                "A mapping key must be a single value.",
                origin=self.origin(node),
                hint="A value that begins with '{{' must be quoted: name: \"{{ value }}\".",
            )
        key = self.build(node, unsafe)
        if isinstance(key, VaultedText):
            raise YamlError("A mapping key cannot be encrypted.", origin=self.origin(node))
        return str(key) if isinstance(key, str) else key

    def _duplicate(self, key: object, node: Node) -> None:
        if self.refuse_duplicates:
            raise YamlError(f"The key {key!r} is written twice in one mapping.", origin=self.origin(node))
        if self._warn is not None:
            self._warn(f"The key {key!r} is written twice in one mapping; the last value is used.", self.origin(node))

    def _unknown_tag(self, node: Node) -> YamlError:
        return YamlError(
            f"The YAML tag '{node.tag}' is not known.",
            origin=self.origin(node),
            hint="Quote a value that begins with an exclamation mark.",
        )


def _text(value: str, origin: Origin) -> SourceText:
    marked = "{" in value and ("{{" in value or "{%" in value or "{#" in value)
    return TemplateText(value, origin) if marked else SourceText(value, origin)


def _plain_tag(node: ScalarNode) -> str | None:
    """Return the tag that a scalar would have without its own one."""
    return _Resolution().resolve(ScalarNode, node.value, (not node.style, False))


def _holds_templates(values: Any) -> bool:
    for value in values:
        kind = type(value)
        if kind is TemplateText or kind is VaultedText:
            return True
        if (kind is SourceDict or kind is SourceList) and value.templated:
            return True
    return False


# --- mistakes -------------------------------------------------------------------------------------------------------


class _Rule(NamedTuple):
    """A hint, given where the parser's complaint and the source line both match."""

    complaint: str
    line: str
    hint: str


_RULES: Final = (
    _Rule(
        "",
        r"(?:^|[:\-=,\[])\s*\{\{",
        "A value that begins with '{{' must be quoted: name: \"{{ value }}\".",
    ),
    _Rule(
        "tab|cannot start any token",
        r"^ *\t|:\s*\t",
        "Tabs cannot indent YAML: use spaces.",
    ),
    _Rule(
        "cannot start any token",
        r"(?:[:\-]\s+|^)[@`%]",
        "Quote a value that begins with @, ` or %.",
    ),
    _Rule(
        "unknown escape|found unknown",
        r"\\",
        "In double quotes a backslash begins an escape: write it twice, or use single quotes.",
    ),
    _Rule(
        "unexpected end of stream|unexpected document|unexpected end",
        r"[\"']",
        "A quotation mark that opens here has no partner.",
    ),
    _Rule(
        "",
        r"""[:\-]\s+(["'])(?:(?!\1).)*\1\s*[^\s#,\]}:]""",
        "Text goes on after the closing quotation mark: put the whole value into quotes.",
    ),
    _Rule(
        "undefined alias|anchor|alias",
        r"[*&]",
        "Quote a value that begins with * or &.",
    ),
    _Rule(
        "mapping values are not allowed",
        r":\s+\S.*:(\s|$)",
        "Quote a value that holds a colon followed by a space.",
    ),
    _Rule(
        "mapping values are not allowed|could not find expected ':'|did not find expected",
        r"^\s*(?:-\s+)?[\w.]+:[^\s/\\]",
        "A colon after a key must be followed by a space.",
    ),
    _Rule(
        "could not find expected ':'",
        "",
        "A key needs a colon, and a space after it.",
    ),
    _Rule(
        "mapping values are not allowed|did not find expected|expected <block end>|block (?:mapping|collection)",
        "",
        "Check the indentation: what belongs together starts in the same column.",
    ),
)


def _syntax_error(error: yaml.YAMLError, text: str | bytes, path: str, first_line: int) -> YamlError:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is damaged"
    complaint = f"{problem} {getattr(error, 'context', None) or ''}"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return YamlError(f"The text is not valid YAML: {problem}.", origin=Origin(path))
    lines = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split("\n")
    opening = getattr(error, "context_mark", None) if "quoted scalar" in complaint else None
    line = min((opening or mark).line, len(lines) - 1)
    column = (opening or mark).column + 1 if line == (opening or mark).line else len(lines[line]) + 1
    return YamlError(
        f"The text is not valid YAML: {problem}.",
        origin=Origin(path, line + first_line, column),
        hint=_hint(complaint, lines, line),
    )


def _hint(complaint: str, lines: list[str], index: int) -> str | None:
    for candidate in (index, index - 1):
        line = lines[candidate] if candidate >= 0 else ""
        for complaint_pattern, line_pattern, hint in _RULES:
            if line_pattern and re.search(complaint_pattern, complaint) and re.search(line_pattern, line):
                return hint
    general = (rule for rule in _RULES if not rule.line and re.search(rule.complaint, complaint))
    return next((rule.hint for rule in general), None)


# --- writing --------------------------------------------------------------------------------------------------------


class _Dumper(_SafeDumper):
    """Writes source values as what they stand for; encrypted text stays encrypted."""


class _PlainDumper(_Dumper):
    """The same, without anchors and aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_vaulted(dumper: Any, value: VaultedText) -> Node:
    return cast(Node, dumper.represent_scalar("!vault", value.ciphertext, style="|"))


_Dumper.add_representer(VaultedText, _represent_vaulted)
_Dumper.add_multi_representer(str, lambda dumper, value: dumper.represent_str(str(value)))
_Dumper.add_multi_representer(bytes, lambda dumper, value: dumper.represent_binary(value))
_Dumper.add_multi_representer(bool, lambda dumper, value: dumper.represent_bool(value))
_Dumper.add_multi_representer(int, lambda dumper, value: dumper.represent_int(int(value)))
_Dumper.add_multi_representer(float, lambda dumper, value: dumper.represent_float(float(value)))
_Dumper.add_multi_representer(dict, lambda dumper, value: dumper.represent_dict(value))
_Dumper.add_multi_representer(list, lambda dumper, value: dumper.represent_list(value))
_Dumper.add_multi_representer(tuple, lambda dumper, value: dumper.represent_list(value))
_Dumper.add_multi_representer(set, lambda dumper, value: dumper.represent_set(value))


def dump_yaml(
    value: object,
    *,
    indent: int | None = None,
    sort_keys: bool = False,
    default_flow_style: bool | None = False,
    allow_unicode: bool = True,
    aliases: bool = False,
    **options: Any,
) -> str:
    """Write a value as YAML: source text as plain strings, encrypted text as ``!vault`` blocks.

    Args:
        value: What to write.
        indent: Columns of one level; YAML's own default where None.
        sort_keys: Write keys in alphabetical order.
        default_flow_style: True writes ``{a: b}``; None does so for the innermost containers.
        allow_unicode: Write characters beyond ASCII as they are.
        aliases: Write a container that occurs twice once, with an anchor.
        options: Further options of the YAML emitter (``width``, ``explicit_start``, ``canonical``, ...).

    Raises:
        YamlError: A value has no YAML form.
    """
    try:
        return cast(
            str,
            yaml.dump(
                value,
                Dumper=_Dumper if aliases else _PlainDumper,
                indent=indent,
                sort_keys=sort_keys,
                default_flow_style=default_flow_style,
                allow_unicode=allow_unicode,
                **options,
            ),
        )
    except yaml.YAMLError as error:
        raise YamlError(f"A value cannot be written as YAML: {error}.") from error
