#!/usr/bin/python
# A module as anyone writes one: what it is given, and what the parts it imports do.
import os
import stat

from ansible.module_utils._text import to_native
from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib
from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict, recursive_diff
from ansible.module_utils.common.text.formatters import bytes_to_human, human_to_bytes
from ansible.module_utils.common.validation import check_required_if
from ansible.module_utils.compat.version import LooseVersion
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.module_utils.six import iteritems, string_types
from ansible.module_utils.six.moves.urllib.parse import urlencode
from ansible.module_utils.urls import fetch_url, url_argument_spec


def attempt(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__


def main():
    spec = url_argument_spec()
    spec.update(
        place=dict(type="path", required=True),
        words=dict(type="list", elements="str", aliases=["terms"]),
        size=dict(type="bytes"),
        secret=dict(no_log=True, fallback=(env_fallback, ["PROBE_SECRET"])),
        kind=dict(choices=["yes", "no", "auto"], default="auto"),
        inner=dict(type="dict", apply_defaults=True, options=dict(depth=dict(type="int", default=2))),
    )
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, required_if=[["kind", "yes", ["words"]]])
    place = module.params["place"]
    path = os.path.join(place, "file")
    with open(path, "w") as stream:
        stream.write("content\n")
    os.chmod(path, 0o644)
    modes = []
    for mode in ("u=rwx,g=rx,o=", "+x", "g=u", "o+t", "0600", "a=r", "u+s"):
        module.set_mode_if_different(path, mode, False)
        modes.append("%04o" % stat.S_IMODE(os.stat(path).st_mode))
    response, info = fetch_url(module, "http://127.0.0.1:1/")
    module.exit_json(
        given=dict((name, value) for name, value in iteritems(module.params) if name in ("words", "terms", "size", "kind", "inner")),
        secret="it is " + module.params["secret"],
        modes=modes,
        ran=module.run_command(["sh", "-c", "echo $A; cat; exit 3"], environ_update={"A": "b"}, data="in"),
        shell=module.run_command("echo $((1 + 2))", use_unsafe_shell=True),
        digest=module.sha1(path) == module.digest_from_file(path, "sha1"),
        missing=module.get_bin_path("no-such-program-anywhere"),
        snake=camel_dict_to_snake_dict({"TargetARNs": [{"fooBar": 1}]}),
        differences=recursive_diff({"a": 1}, {"a": 2}),
        sizes=[bytes_to_human(123456789), human_to_bytes("1.5G")],
        needed=attempt(lambda: check_required_if([["a", 1, ["b"]]], {"a": 1})),
        versions=LooseVersion("1.10") > LooseVersion("1.9"),
        truth=[boolean("on"), attempt(lambda: boolean("perhaps"))],
        text=[to_native(b"x"), isinstance("x", string_types), urlencode({"a": "b c"})],
        status=info["status"],
        library=bool(missing_required_lib("x")),
        check=module.check_mode,
    )


if __name__ == "__main__":
    main()
