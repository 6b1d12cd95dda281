"""Jinja as the engine needs it: native values, variables read from a scope when they are named, strict undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import Any, Final

from jinja2 import Environment, Template, nodes
from jinja2.exceptions import TemplateNotFound
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.lexer import Lexer
from jinja2.loaders import BaseLoader
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro, Undefined
from jinja2.sandbox import is_internal_attribute
from jinja2.tests import TESTS as JINJA_TESTS
from jinja2.utils import missing

from assible.exceptions import AssibleError, TemplateError, UndefinedVariableError
from assible.model.text import TemplateText, VaultedText
from assible.templating.codegen import CodeGenerator, RawStringLexer, Steps
from assible.templating.plugins import PluginTable, first_missing, forced
from assible.templating.scope import MISSING, Scope
from assible.templating.undefined import Missing, marker, type_name
from assible.templating.views import LazyMapping, LazySequence, force, joined, listed

DICT_METHODS: Final = frozenset(name for name in dir(dict) if not name.startswith("_"))
LIST_METHODS: Final = frozenset(name for name in dir(list) if not name.startswith("_"))
VariableReader = Callable[[str, Scope], Any]


class Visible(Mapping[str, Any]):
    """What an included or imported template may see: the scope, and the names the including template has set."""

    __slots__ = ("local", "read", "scope")

    def __init__(self, scope: Scope, local: dict[str, Any], read: VariableReader) -> None:
        self.scope = scope
        self.local = local
        self.read = read

    def __getitem__(self, name: str) -> Any:
        value = self.local[name] if name in self.local else self.read(name, self.scope)
        if value is MISSING:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        yield from self.local
        yield from (name for name in self.scope.names() if name not in self.local)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ScopeContext(Context):
    """A template's context that reads variables from a scope, and makes the rest of a context only when asked."""

    environment: ScopedEnvironment

    def __init__(self, environment: ScopedEnvironment, scope: Scope, local: dict[str, Any], template: Template) -> None:
        self.environment = environment
        self.scope = scope
        self.local = local
        self.template = template
        self.name = template.name
        self.vars = {}

    def __getattr__(self, name: str) -> Any:
        """Make the parts of a context that few templates need."""
        value: Any
        if name == "eval_ctx":
            value = EvalContext(self.environment, self.name)
        elif name == "blocks":
            value = {key: [block] for key, block in self.template.blocks.items()}
        elif name in ("exported_vars", "globals_keys"):
            value = set()
        elif name == "parent":
            value = Visible(self.scope, self.local, self.environment.read)
        else:
            raise AttributeError(name)
        setattr(self, name, value)
        return value

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        if key in self.local:
            return self.local[key]
        value = self.environment.read(key, self.scope)
        return self.environment.globals.get(key, missing) if value is MISSING else value

    def get_all(self) -> Any:
        return Visible(self.scope, {**self.local, **self.vars}, self.environment.read)

    def derived(self, locals: dict[str, Any] | None = None) -> Context:
        context = self.template.new_context(self.get_all(), True, locals)
        context.eval_ctx = self.eval_ctx
        context.blocks.update((name, list(blocks)) for name, blocks in self.blocks.items())
        return context

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(obj, Macro):
            return super().call(obj, *args, **kwargs)
        args = tuple(forced(args))
        kwargs = dict(zip(kwargs, forced(kwargs.values()), strict=True))
        missing_one = first_missing((obj, *args, *kwargs.values()))
        if missing_one is not None and (missing_one is obj or not getattr(obj, "takes_undefined", False)):
            return missing_one
        try:
            return listed(super().call(obj, *args, **kwargs))
        except UndefinedVariableError as error:
            return marker(error)
        except (TemplateError, RecursionError):
            raise
        except AssibleError as error:
            raise TemplateError(error.message, origin=error.origin, hint=error.hint) from error
        except Exception as error:  # whatever a function raises is a failure of the template
            name = getattr(obj, "__name__", type(obj).__name__)
            raise TemplateError(f"calling {name!r} failed: {str(error) or type(error).__name__}") from error


class CopyingContext(ScopeContext):
    """The context of a template that changes containers in place: it gets copies, kept for this one rendering."""

    def resolve_or_missing(self, key: str) -> Any:
        value = super().resolve_or_missing(key)
        if isinstance(value, (dict, list, LazyMapping, LazySequence)) and key not in self.vars:
            value = self.vars[key] = _copied(value)
        return value


def _copied(value: Any) -> Any:
    if isinstance(value, (dict, LazyMapping)):
        return {key: _copied(element) for key, element in value.items()}
    if isinstance(value, (list, LazySequence)):
        return [_copied(element) for element in value]
    return value


class ScopedTemplate(Template):
    """A compiled template whose contexts read from a scope."""

    environment: ScopedEnvironment
    context_class: type[ScopeContext] = ScopeContext
    # Lines of the file that stand before the text that was compiled.
    lines_before: int = 0

    def context(self, scope: Scope) -> ScopeContext:
        """Make the context of one rendering."""
        return self.context_class(self.environment, scope, {}, self)

    def new_context(
        self, vars: Any = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> ScopeContext:
        scope, local = (vars.scope, dict(vars.local)) if isinstance(vars, Visible) else (Scope(()), dict(vars or {}))
        local.update((name, value) for name, value in (locals or {}).items() if value is not missing)
        return self.context_class(self.environment, scope, local, self)


class CopyingTemplate(ScopedTemplate):
    """A compiled template that changes containers in place."""

    context_class = CopyingContext


class SearchLoader(BaseLoader):
    """Finds included, imported and extended templates beside the including one and in the search directories.

    Args:
        directories: Where names are looked for, in order; each one's ``templates`` before itself.
        read: Reads a file's bytes; opens encrypted files too where the run can.
    """

    def __init__(self, directories: tuple[str, ...], read: Callable[[str], bytes]) -> None:
        self._directories = tuple(
            path for directory in directories for path in (Path(directory, "templates"), Path(directory))
        )
        self._read = read

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = next((path for path in self._candidates(template) if path.is_file()), None)
        if path is None:
            searched = ", ".join(str(directory) for directory in self._directories)
            raise TemplateNotFound(template, f"the template {template!r} was found in none of: {searched}")
        changed = path.stat().st_mtime_ns
        return self._read(str(path)).decode(), str(path), lambda: path.is_file() and path.stat().st_mtime_ns == changed

    def _candidates(self, template: str) -> Iterator[Path]:
        yield from (directory / template for directory in self._directories)


class ScopedEnvironment(Environment):
    """Jinja's environment with the rules of this room.

    Args:
        read: Gives a variable's value, a marker, or `MISSING`.
        filters: The given filters.
        tests: The given tests.
        functions: The globals.
        render: Renders a template that stands inside a template.
        raw_strings: Keep the backslashes of strings inside ``{{ }}``.
        options: Jinja's own options.
    """

    code_generator_class = CodeGenerator
    template_class = ScopedTemplate
    concat = staticmethod(joined)
    force = staticmethod(force)

    def __init__(
        self,
        *,
        read: VariableReader,
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]],
        functions: Mapping[str, Any],
        render: Callable[[TemplateText, Scope], Any],
        raw_strings: bool,
        **options: Any,
    ) -> None:
        self._own_lexer: Lexer | None = None
        super().__init__(undefined=Missing, optimized=False, **options)
        self.read = read
        self.render = render
        self.filters: Any = PluginTable("filter", filters, JINJA_FILTERS)
        self.tests: Any = PluginTable("test", tests, JINJA_TESTS)
        self.globals = dict(functions)
        self._own_lexer = RawStringLexer(self) if raw_strings else Lexer(self)

    def embedded(self, context: ScopeContext, text: str) -> Any:
        """Render a template that stood in a string of the template."""
        return self.render(TemplateText(text), context.scope)

    def sealed(self, context: ScopeContext, name: str, steps: Steps) -> Any:
        """Return what a path leads to; an encrypted value stays encrypted."""
        raw = context.scope.find(name)
        for _, key in steps:
            raw = raw.get(key) if isinstance(raw, dict) else None
        return raw if type(raw) is VaultedText else self.follow(context.resolve(name), steps)

    def follow(self, value: Any, steps: Steps) -> Any:
        """Return what steps from a value lead to."""
        for is_attribute, key in steps:
            value = self.getattr(value, key) if is_attribute else self.getitem(value, key)
        return value

    @property
    def lexer(self) -> Lexer:
        assert self._own_lexer is not None
        return self._own_lexer

    def template(self, tree: nodes.Template, name: str | None = None, mutates: bool = False) -> ScopedTemplate:
        """Compile a parsed template."""
        code: CodeType = self.compile(tree, name, name)
        kind = CopyingTemplate if mutates else ScopedTemplate
        return kind.from_code(self, code, self.globals)  # type: ignore[return-value]  # it says Template

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, (dict, Mapping)):
            return self._member(obj, attribute, DICT_METHODS)
        if type(obj) is LazySequence and attribute in LIST_METHODS:
            return getattr(obj.force(), attribute)
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)
        try:
            value = getattr(obj, attribute)
        except AttributeError:
            return self._item(obj, attribute)
        if attribute.startswith("_") or is_internal_attribute(obj, attribute):
            raise TemplateError(f"access to attribute {attribute!r} of a value of type {type_name(obj)!r} is not safe")
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument]
        except UndefinedVariableError as error:
            return marker(error)
        except (AttributeError, TypeError, LookupError):
            if isinstance(argument, str) and not isinstance(obj, (dict, Mapping)):
                return self.getattr(obj, argument) if hasattr(obj, argument) else self.undefined(obj=obj, name=argument)
            if isinstance(argument, str) and argument in DICT_METHODS:
                return self._member(obj, argument, DICT_METHODS)
            return self.undefined(obj=obj, name=argument)

    def _member(self, obj: Any, attribute: str, methods: frozenset[str]) -> Any:
        """Return a mapping's method or value: methods come first, as everywhere in Jinja."""
        if attribute in methods:
            return getattr(obj if hasattr(obj, attribute) else force(obj), attribute)
        try:
            return obj[attribute]
        except UndefinedVariableError as error:
            return marker(error)
        except LookupError:
            if attribute.startswith("__") and hasattr(obj, attribute):
                raise TemplateError(f"access to attribute {attribute!r} of a mapping is not safe") from None
            return self.undefined(obj=obj, name=attribute)

    def _item(self, obj: Any, key: Any) -> Any:
        try:
            return obj[key]
        except (TypeError, LookupError, AttributeError):
            return self.undefined(obj=obj, name=key)
