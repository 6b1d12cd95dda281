"""Render templates, evaluate expressions and decide conditions."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2.exceptions
from jinja2 import nodes
from jinja2.parser import Parser
from jinja2.runtime import Undefined

from assible.exceptions import (
    ConditionError,
    TemplateError,
    UndefinedVariableError,
    VaultError,
)
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, SourceText, TemplateText, VaultedText
from assible.templating.codegen import Steps, loaded_names, mutates, path_of
from assible.templating.environment import ScopedEnvironment, ScopedTemplate, SearchLoader
from assible.templating.failures import located, template_place, translated
from assible.templating.functions import BLOCKING_FUNCTIONS, LookupRunner, lookup_functions, standard_functions
from assible.templating.scope import MISSING, OMIT, Scope
from assible.templating.undefined import Missing, fail, marker, type_name
from assible.templating.views import LazyMapping, LazySequence, joined, plain, text_of

# What a template file may choose, and what it has otherwise.
FILE_OPTIONS: Final[Mapping[str, Any]] = {
    "block_start_string": "{%",
    "block_end_string": "%}",
    "variable_start_string": "{{",
    "variable_end_string": "}}",
    "comment_start_string": "{#",
    "comment_end_string": "#}",
    "trim_blocks": True,
    "lstrip_blocks": False,
    "newline_sequence": "\n",
}
# What makes a template need other files.
_LOADING: Final = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_HEADER: Final = "#jinja2:"
_HEADER_OPTION: Final = re.compile(r"(\w+)\s*:\s*('[^']*'|\"[^\"]*\"|[^,]*)")
_OUTER_DELIMITERS: Final = (("{{", "}}"), ("{%", "%}"))


class _Compiled(NamedTuple):
    """A template text or an expression, ready to run.

    Attributes:
        evaluate: Gives the value in a scope; a view or a marker is handed out as it is.
        blocking: True where it may wait for something outside.
        names: The names it reads.
        newlines: How many newlines its text ends in; text it gives ends in as many.
        computed: True where the value may be anything; false where it can only be what a variable holds.
    """

    evaluate: Callable[[Scope], Any]
    blocking: bool
    names: frozenset[str]
    newlines: int
    computed: bool


class Templar:
    """Renders values in scopes. Holds compiled templates and nothing of a run, so any thread may use it.

    Args:
        filters: Filters by name; may import what it holds at first use.
        tests: Tests by name, likewise.
        lookup: What runs lookups; without it they are refused.
        extensions: Jinja extensions, by import path.
        allow_broken_conditionals: Let a condition be any value, by its truth.
        read_file: Reads a file that a template includes; opens encrypted ones where the caller can.
    """

    def __init__(
        self,
        *,
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]],
        lookup: LookupRunner | None = None,
        extensions: Sequence[str] = (),
        allow_broken_conditionals: bool = False,
        read_file: Callable[[str], bytes] | None = None,
    ) -> None:
        self._broken_conditionals = allow_broken_conditionals
        self._read_file = read_file or (lambda path: Path(path).read_bytes())
        self._new_environment: Callable[..., ScopedEnvironment] = partial(
            ScopedEnvironment,
            read=self._read,
            render=self._render_text,
            filters=filters,
            tests=tests,
            functions={**standard_functions(), **lookup_functions(lookup)},
            extensions=list(extensions),
        )
        self._environment = self._new_environment(raw_strings=True, trim_blocks=True)
        self._expressions_environment = self._new_environment(raw_strings=False)
        self._files: dict[tuple[Any, ...], ScopedEnvironment] = {}
        self._file_templates: dict[tuple[Any, ...], ScopedTemplate] = {}
        self._templates: dict[str, _Compiled] = {}
        self._expressions: dict[str, _Compiled] = {}

    # What the engine asks for

    def variable(self, name: str, scope: Scope) -> Any:
        """Return a variable's value, rendered; a container with templates inside comes as a lazy view.

        Raises:
            UndefinedVariableError: where there is none, or where its template reads what does not exist.
        """
        value = self._read(name, scope)
        if value is MISSING:
            raise UndefinedVariableError(f"{name!r} is undefined")
        return fail(value) if isinstance(value, Undefined) else value

    def render(self, value: Any, scope: Scope) -> Any:
        """Return plain Python, rendered all the way down; entries that are `OMIT` are dropped inside containers."""
        kind = type(value)
        if kind is TemplateText:
            return self._render_text(value, scope)
        if kind is SourceDict or kind is SourceList:
            if not value.templated:
                return value
            if kind is SourceDict:
                items = ((key, self.render(element, scope)) for key, element in value.items())
                return {key: element for key, element in items if element is not OMIT}
            return [element for raw in value if (element := self.render(raw, scope)) is not OMIT]
        if kind is VaultedText:
            return self.render(value.reveal(), scope)
        if kind is LazyMapping or kind is LazySequence:
            return plain(value)
        return value

    def evaluate(self, expression: str, scope: Scope) -> Any:
        """Return the plain value of a bare expression, such as ``item.x | length > 3``."""
        return self._guarded(self._plain_expression, expression, scope)

    def condition(self, expression: Any, scope: Scope) -> bool:
        """Decide what ``when``, ``that``, ``until`` and their like accept: a boolean, an expression, a template.

        A list holds when all of it does. A template that gives text from a source gives an expression.

        Raises:
            ConditionError: where it does not give a boolean, or where text that is not from a source would decide.
        """
        if type(expression) is bool:
            return expression
        if isinstance(expression, (list, tuple)):
            return all(self.condition(part, scope) for part in expression)
        origin = getattr(expression, "origin", None)
        value = self._decide(expression, scope, origin)
        if type(value) is bool:
            return value
        if value is OMIT:
            raise ConditionError("the condition gives 'omit'", origin=origin)
        if self._broken_conditionals:
            return bool(value)
        raise ConditionError(
            f"the condition gives a value of type {type_name(value)!r}, not a boolean",
            origin=origin,
            hint="compare it, or test it, for example with '| length > 0', 'is defined' or '| bool'",
        )

    def render_file(self, text: str, scope: Scope, *, origin_path: str, **options: Any) -> str:
        """Render a template file's text; the result is text whatever the template holds.

        Included, imported and extended templates are looked for in the context's search directories, then beside
        the file.

        Args:
            text: The template.
            scope: The variables.
            origin_path: The file it was read from.
            options: Those of `FILE_OPTIONS`: delimiters, ``trim_blocks``, ``lstrip_blocks``, ``newline_sequence``.
        """
        value = self._file_value(text, scope, origin_path, options)
        return _with_newlines(text_of(value), _trailing_newlines(text), options.get("newline_sequence", "\n"))

    def render_file_value(self, text: str, scope: Scope, *, origin_path: str, **options: Any) -> Any:
        """Render a template file's text; a file that is one expression gives that expression's own value."""
        value = self._file_value(text, scope, origin_path, options)
        if not isinstance(value, str):
            return value
        return _with_newlines(str(value), _trailing_newlines(text), options.get("newline_sequence", "\n"))

    def _file_value(self, text: str, scope: Scope, path: str, options: dict[str, Any]) -> Any:
        if not options.keys() <= FILE_OPTIONS.keys():
            raise TemplateError(f"a template file has no option {min(options.keys() - FILE_OPTIONS.keys())!r}")
        try:
            body, own_options = _split_header(text)
            template = self._file_template(body, scope, path, {**FILE_OPTIONS, **options, **own_options})
            template.lines_before = text.count("\n") - body.count("\n")
            return plain(joined(template.root_render_func(template.context(scope))))
        except Exception as error:  # templates run operators and functions of any type
            raise located(error, template_place(error.__traceback__) or Origin(path)) from error

    def blocking(self, value: Any) -> bool:
        """Tell whether a template in the value may wait for something outside (a lookup); a thread must render it."""
        kind = type(value)
        if kind is TemplateText:
            return self._template(value).blocking
        if kind is SourceDict:
            return value.templated and any(map(self.blocking, value.values()))
        if kind is SourceList:
            return value.templated and any(map(self.blocking, value))
        return kind is VaultedText and self.blocking(value.reveal())

    def blocking_expression(self, expression: Any) -> bool:
        """Tell the same of a condition or a bare expression."""
        if isinstance(expression, (list, tuple)):
            return any(map(self.blocking_expression, expression))
        if not isinstance(expression, str) or not expression.strip():
            return False
        compiled = self._template if _is_whole_template(expression.strip()) else self._expression
        return compiled(expression).blocking

    def names(self, value: Any) -> frozenset[str]:
        """Return the variables that the templates in a value name, not those that these name in turn."""
        kind = type(value)
        if kind is TemplateText:
            return self._template(value).names
        if kind is VaultedText:
            return self.names(value.reveal())
        if (kind is SourceDict or kind is SourceList) and value.templated:
            return frozenset().union(*map(self.names, value.values() if kind is SourceDict else value))
        return frozenset()

    # Reading variables

    def _read(self, name: str, scope: Scope) -> Any:
        """Return a variable's value, a view, a marker for one that cannot be rendered, or `MISSING`."""
        value = scope.rendered.get(name, MISSING)
        if value is MISSING:
            raw = scope.find(name)
            if raw is MISSING:
                return MISSING
            try:
                value = self._cell(raw, scope)
            except RecursionError:
                value = marker(self._loop_error(name, scope))
            scope.rendered[name] = value
        return value

    def cell(self, value: Any, scope: Scope) -> Any:
        """Render one element of a view: a value, a view, or a marker."""
        return self._cell(value, scope)

    def _cell(self, raw: Any, scope: Scope) -> Any:
        kind = type(raw)
        if kind is TemplateText:
            compiled = self._templates.get(raw)
            try:
                if compiled is None:
                    compiled = self._template(raw)
                value = compiled.evaluate(scope)
            except RecursionError:
                raise
            except Exception as error:  # templates run operators and functions of any type
                return marker(located(error, raw.origin))
            if compiled.newlines and isinstance(value, str):
                value = _with_newlines(value, compiled.newlines)
            if type(value) is Missing and value.origin is None:
                value.origin = raw.origin
            return plain(value, keep_markers=True) if compiled.computed else value
        if kind is SourceDict and raw.templated:
            return LazyMapping(raw, scope, self)
        if kind is SourceList and raw.templated:
            return LazySequence(raw, scope, self)
        if kind is VaultedText:
            try:
                return self._cell(raw.reveal(), scope)
            except VaultError as error:
                return marker(located(error, raw.origin))
        return raw

    def _loop_error(self, name: str, scope: Scope) -> TemplateError:
        """Name the variables that need each other, found by what their texts name."""
        path = self._find_loop(name, scope, [])
        origin = getattr(scope.find(path[0]), "origin", None) if path else None
        story = " -> ".join(repr(step) for step in path) if path else repr(name)
        return TemplateError(
            f"these variables need each other without end: {story}",
            origin=origin,
            hint="let the inner one have another name",
        )

    def _find_loop(self, name: str, scope: Scope, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        raw = scope.find(name)
        if raw is MISSING:
            return []
        found = (self._find_loop(inner, scope, [*path, name]) for inner in sorted(self.names(raw)))
        return next((loop for loop in found if loop), [])

    # Rendering

    def _render_text(self, text: TemplateText, scope: Scope) -> Any:
        return self._guarded(self._plain_template, text, scope)

    def _plain_template(self, text: str, scope: Scope) -> Any:
        compiled = self._templates.get(text) or self._template(text)
        value = compiled.evaluate(scope)
        if compiled.newlines and isinstance(value, str):
            return _with_newlines(value, compiled.newlines)
        return plain(value)

    def _plain_expression(self, text: str, scope: Scope) -> Any:
        return plain((self._expressions.get(text) or self._expression(text)).evaluate(scope))

    def _guarded(self, run: Callable[[str, Scope], Any], text: str, scope: Scope) -> Any:
        """Run, and make every failure an error of this room with the text's place."""
        try:
            return run(text, scope)
        except RecursionError as error:
            names = (self._template(text) if type(text) is TemplateText else self._expression(text)).names
            loops = (self._find_loop(name, scope, []) for name in sorted(names))
            loop = next((found for found in loops if found), [])
            raise self._loop_error(loop[0] if loop else text, scope) from error
        except Exception as error:  # templates run operators and functions of any type
            failure = located(error, getattr(text, "origin", None))
            if failure is error:
                raise
            raise failure from error

    def _decide(self, expression: Any, scope: Scope, origin: Origin | None) -> Any:
        """Return what a condition gives, before it is judged."""
        if expression is None or (isinstance(expression, str) and not expression.strip()):
            if self._broken_conditionals:
                return True
            raise ConditionError("a condition is empty", origin=origin)
        if not isinstance(expression, str):
            return expression
        text = expression.strip()
        if not _is_whole_template(text):
            return self._guarded(self._condition_value, expression, scope)
        value = self._render_text(TemplateText(text, origin), scope)
        if type(value) is SourceText or value is None or value == "":
            return self._decide(value, scope, origin)
        if isinstance(value, str):
            raise ConditionError(
                "the condition's template gives text that does not come from a source, and is not evaluated",
                origin=origin,
                hint="write the condition as one expression, without '{{ }}'",
            )
        return value

    def _condition_value(self, text: str, scope: Scope) -> Any:
        value = (self._expressions.get(text) or self._expression(text)).evaluate(scope)
        return fail(value) if isinstance(value, Undefined) else value

    # Compiling

    def _template(self, text: str) -> _Compiled:
        compiled = self._templates.get(text)
        if compiled is None:
            environment = self._environment
            tree = translated(environment, text, lambda: environment.parse(str(text)))
            compiled = self._compile(environment, text, tree, _trailing_newlines(text))
            self._templates[text] = compiled
        return compiled

    def _expression(self, text: str) -> _Compiled:
        compiled = self._expressions.get(text)
        if compiled is None:
            environment = self._expressions_environment
            tree = translated(environment, text, lambda: _parse_expression(environment, text))
            compiled = self._compile(environment, text, tree, 0)
            self._expressions[text] = compiled
        return compiled

    def _compile(self, environment: ScopedEnvironment, text: str, tree: nodes.Template, newlines: int) -> _Compiled:
        names = loaded_names(tree)
        path = _path(tree)
        blocking = not names.isdisjoint(BLOCKING_FUNCTIONS) or _calls_blocking_filter(environment, tree)
        if path is not None:
            evaluate: Callable[[Scope], Any] = _path_reader(environment, *path)
        elif any(True for _ in tree.find_all(_LOADING)):
            evaluate = partial(self._loading, str(text))
        else:
            template = translated(environment, text, lambda: environment.template(tree, mutates=mutates(tree)))
            evaluate = _template_reader(template)
        return _Compiled(evaluate, blocking, names, newlines, path is None)

    def _loading(self, text: str, scope: Scope) -> Any:
        """Evaluate a template that is not a file and yet includes or imports files."""
        directories = tuple(getattr(scope.context, "search_dirs", ()))
        environment = self._file_environment(directories, {"trim_blocks": True}, raw_strings=True)
        template = self._file_templates.get((text, directories))
        if template is None:
            tree = environment.parse(text)
            template = environment.template(tree, mutates=mutates(tree))
            self._file_templates[text, directories] = template
        return joined(template.root_render_func(template.context(scope)))

    def _file_environment(
        self, directories: tuple[str, ...], options: dict[str, Any], raw_strings: bool = False
    ) -> ScopedEnvironment:
        key = (directories, raw_strings, *options.values())
        environment = self._files.get(key)
        if environment is None:
            loader = SearchLoader(directories, self._read_file)
            environment = self._new_environment(raw_strings=raw_strings, loader=loader, **options)
            self._files[key] = environment
        return environment

    def _file_template(self, text: str, scope: Scope, path: str, options: dict[str, Any]) -> ScopedTemplate:
        directories = (*getattr(scope.context, "search_dirs", ()), str(Path(path).parent))
        environment = self._file_environment(directories, options)
        key = (directories, *options.values())
        template = self._file_templates.get((text, path, key))
        if template is None:
            tree = environment.parse(text, path, path)
            template = environment.template(tree, path, mutates(tree))
            self._file_templates[text, path, key] = template
        return template


def _template_reader(template: ScopedTemplate) -> Callable[[Scope], Any]:
    run = template.root_render_func
    context = template.context

    def evaluate(scope: Scope) -> Any:
        return joined(run(context(scope)))

    return evaluate


def _path(tree: nodes.Template) -> tuple[str, Steps] | None:
    """Return the name and the steps of a template that is only ``{{ name.step[step] }}``, else None."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output) or len(tree.body[0].nodes) != 1:
        return None
    return path_of(tree.body[0].nodes[0])


def _path_reader(environment: ScopedEnvironment, name: str, steps: Steps) -> Callable[[Scope], Any]:
    read = environment.read

    def read_name(scope: Scope) -> Any:
        value = scope.rendered.get(name, MISSING)
        if value is MISSING:
            value = read(name, scope)
            if value is MISSING:
                value = environment.globals.get(name, MISSING)
                if value is MISSING:
                    return Missing(name=name)
        return value

    def read_path(scope: Scope) -> Any:
        return environment.follow(read_name(scope), steps)

    return read_path if steps else read_name


def _calls_blocking_filter(environment: ScopedEnvironment, tree: nodes.Template) -> bool:
    table: Any = environment.filters
    return any(getattr(table.get(node.name), "blocking", False) for node in tree.find_all(nodes.Filter))


def _parse_expression(environment: ScopedEnvironment, text: str) -> nodes.Template:
    parser = Parser(environment, str(text), state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        hint = ", and template delimiters have no place in one" if "{{" in text or "}}" in text else ""
        raise jinja2.exceptions.TemplateSyntaxError(f"something follows the end of the expression{hint}", 1)
    tree = nodes.Template([nodes.Output([expression], lineno=1)], lineno=1)
    tree.set_environment(environment)
    return tree


def _split_header(text: str) -> tuple[str, dict[str, Any]]:
    """Take a template file's own options from its first line, ``#jinja2: name: value, ...``."""
    if not text.startswith(_HEADER):
        return text, {}
    line, _, body = text.partition("\n")
    options: dict[str, Any] = {}
    for name, value in _HEADER_OPTION.findall(line.removeprefix(_HEADER)):
        if name not in FILE_OPTIONS:
            raise TemplateError(f"the first line of the template names an option {name!r} that there is not")
        try:
            options[name] = literal_eval(value.strip())
        except (ValueError, SyntaxError) as error:
            raise TemplateError(f"the first line of the template gives {name!r} no valid value") from error
    return body, options


def _trailing_newlines(text: str) -> int:
    return len(text) - len(text.rstrip("\n"))


def _with_newlines(text: str, count: int, newline: str = "\n") -> str:
    """Give text back the newlines at its end that Jinja took away."""
    present = 0
    while present < count and text.endswith(newline * (present + 1)):
        present += 1
    return text + newline * (count - present)


def _is_whole_template(text: str) -> bool:
    return any(text.startswith(start) and text.endswith(end) for start, end in _OUTER_DELIMITERS)
