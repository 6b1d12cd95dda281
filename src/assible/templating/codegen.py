"""How templates become code: native values, literals without views, strings as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from jinja2 import nodes
from jinja2.lexer import Lexer
from jinja2.nativetypes import NativeCodeGenerator

from assible.model.text import has_template_marker
from assible.templating.functions import BLOCKING_FUNCTIONS
from assible.templating.plugins import plain_name

# A template that calls one of these gets its own copies of the containers it reads.
MUTATORS: Final = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "update", "setdefault"}
)
# The steps from a name to a value: whether each is an attribute, and its key.
Steps = tuple[tuple[bool, Any], ...]


class CodeGenerator(NativeCodeGenerator):
    """Writes code that keeps every value native, and that leaves no view inside a literal container."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> Any:
        # Only the text between expressions is constant: a number must stay one, and a filter may give another
        # value at the next call.
        if isinstance(node, nodes.TemplateData):
            return super()._output_child_to_const(node, frame, finalize)
        raise nodes.Impossible()

    def _forced(self, node: nodes.Node, frame: Any) -> None:
        if isinstance(node, nodes.Const):
            self.visit(node, frame)
        else:
            self.write("environment.force(")
            self.visit(node, frame)
            self.write(")")

    def _elements(self, elements: Sequence[nodes.Node], frame: Any) -> None:
        for element in elements:
            self._forced(element, frame)
            self.write(", ")

    def visit_List(self, node: nodes.List, frame: Any) -> None:
        self.write("[")
        self._elements(node.items, frame)
        self.write("]")

    def visit_Tuple(self, node: nodes.Tuple, frame: Any) -> None:
        if node.ctx != "load":
            super().visit_Tuple(node, frame)
            return
        self.write("(")
        self._elements(node.items, frame)
        self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Any, forward_caller: bool = False) -> None:
        if isinstance(node.node, nodes.Name) and node.node.name in BLOCKING_FUNCTIONS:
            node.args[1:] = [_embedded(argument) for argument in node.args[1:]]
        super().visit_Call(node, frame, forward_caller=forward_caller)

    def visit_Test(self, node: nodes.Test, frame: Any) -> None:
        path = path_of(node.node) if plain_name(node.name) == "vault_encrypted" else None
        if path is not None:
            arguments = [nodes.ContextReference(), *map(nodes.Const, path)]
            node.node = nodes.Call(nodes.EnvironmentAttribute("sealed"), arguments, [], None, None, lineno=node.lineno)
        super().visit_Test(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Any) -> None:
        self.write("{")
        for item in node.items:
            self._forced(item.key, frame)
            self.write(": ")
            self._forced(item.value, frame)
            self.write(", ")
        self.write("}")


def path_of(node: nodes.Node) -> tuple[str, Steps] | None:
    """Return the name and the steps of ``name.step[step]``, None for any other expression."""
    steps: list[tuple[bool, Any]] = []
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Getattr):
            steps.append((True, node.attr))
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            steps.append((False, node.arg.value))
        else:
            return None
        node = node.node
    return None if node.name == "self" else (node.name, tuple(reversed(steps)))


def _embedded(node: nodes.Expr) -> nodes.Expr:
    """Let a template that stands in a string among a lookup's terms be rendered, as it is the author's own."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and has_template_marker(node.value):
        function = nodes.EnvironmentAttribute("embedded")
        return nodes.Call(function, [nodes.ContextReference(), node], [], None, None, lineno=node.lineno)
    if isinstance(node, nodes.List):
        node.items = [_embedded(item) for item in node.items]
    if isinstance(node, nodes.Dict):
        for pair in node.items:
            pair.value = _embedded(pair.value)
    return node


class RawStringLexer(Lexer):
    """Reads the strings inside ``{{ }}`` with their backslashes as they are, as Ansible does outside of files."""

    def wrap(self, stream: Any, name: str | None = None, filename: str | None = None) -> Iterator[Any]:
        return super().wrap(self._keep_backslashes(stream), name, filename)

    @staticmethod
    def _keep_backslashes(stream: Any) -> Iterator[tuple[int, str, str]]:
        inside = False
        for line, token, text in stream:
            if token == "variable_begin":
                inside = True
            elif token == "variable_end":
                inside = False
            elif token == "string" and inside:
                text = text.replace("\\", "\\\\")
            yield line, token, text


def mutates(tree: nodes.Template) -> bool:
    """Tell whether a template calls a method that changes a container in place."""
    return any(
        isinstance(call.node, nodes.Getattr) and call.node.attr in MUTATORS for call in tree.find_all(nodes.Call)
    )


def loaded_names(tree: nodes.Node) -> frozenset[str]:
    """Return every name that a template reads."""
    return frozenset(name.name for name in tree.find_all(nodes.Name) if name.ctx == "load")
