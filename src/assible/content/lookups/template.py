"""Files of the controller, rendered."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Final

from assible.content.lookups.files import find_or_fail
from assible.content.lookups.options import Option, read_options
from assible.registry.lookup import LookupCall
from assible.templating.scope import MISSING

# convert_data and jinja2_native chose between text and native values; a template now always gives its own value.
_OPTIONS: Final = {
    "variable_start_string": Option("str"),
    "variable_end_string": Option("str"),
    "comment_start_string": Option("str"),
    "comment_end_string": Option("str"),
    "block_start_string": Option("str"),
    "block_end_string": Option("str"),
    "trim_blocks": Option("bool"),
    "lstrip_blocks": Option("bool"),
    "template_vars": Option("dict"),
    "convert_data": Option("bool"),
    "jinja2_native": Option("bool"),
}
_JINJA: Final = tuple(name for name in _OPTIONS if name.endswith(("_string", "_blocks")))


def template(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return template files, rendered with the caller's variables and those of ``template_vars``."""
    options = read_options(_OPTIONS, call)
    jinja = {name: options[name] for name in _JINJA if options[name] is not None}
    results = []
    for term in terms:
        path = find_or_fail(term, "templates", call)
        scope = call.scope.child(options["template_vars"] or {}, _facts(str(term), path, call.scope))
        results.append(call.context.templar.render_file_value(call.read_file(path), scope, origin_path=path, **jinja))
    return results


def _facts(term: str, path: str, scope: Any) -> dict[str, Any]:
    """Return what a template may say about itself."""
    managed = {"ansible_managed": "Ansible managed"} if scope.find("ansible_managed") is MISSING else {}
    return {
        **managed,
        "template_host": os.uname().nodename,
        "template_path": term,
        "template_fullpath": os.path.abspath(path),
        "template_uid": os.stat(path).st_uid,
        "template_run_date": datetime.now(),
        "template_mtime": datetime.fromtimestamp(os.path.getmtime(path)),
    }
