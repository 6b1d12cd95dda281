"""Every name that public collections import from ``ansible.module_utils`` is there, under its own name."""

from importlib import import_module

import pytest

from assible import _names

NAMES = {
    "module_utils": "basic distro six urls",
    "module_utils._text": "to_bytes to_native to_text",
    "module_utils.ansible_release": "__version__",
    "module_utils.api": "basic_auth_argument_spec",
    "module_utils.basic": "AVAILABLE_HASH_ALGORITHMS AnsibleFallbackNotFound AnsibleModule SEQUENCETYPE _load_params env_fallback get_distribution human_to_bytes is_executable json json_dict_bytes_to_unicode jsonify missing_required_lib remove_values sanitize_keys to_bytes to_native to_text",
    "module_utils.common": "respawn validation",
    "module_utils.common._collections_compat": "KeysView Mapping",
    "module_utils.common.arg_spec": "ArgumentSpecValidator",
    "module_utils.common.collections": "count is_iterable is_sequence is_string",
    "module_utils.common.dict_transformations": "_camel_to_snake _snake_to_camel camel_dict_to_snake_dict dict_merge recursive_diff snake_dict_to_camel_dict",
    "module_utils.common.file": "",
    "module_utils.common.json": "AnsibleJSONEncoder",
    "module_utils.common.locale": "get_best_parsable_locale",
    "module_utils.common.network": "is_mac is_masklen to_ipv6_subnet to_netmask to_subnet",
    "module_utils.common.parameters": "_list_no_log_values env_fallback list_no_log_values remove_values",
    "module_utils.common.process": "get_bin_path",
    "module_utils.common.respawn": "has_respawned probe_interpreters_for_module respawn_module",
    "module_utils.common.text": "to_bytes to_native to_text",
    "module_utils.common.text.converters": "to_bytes to_native to_text",
    "module_utils.common.text.formatters": "bytes_to_human human_to_bytes",
    "module_utils.common.validation": "check_missing_parameters check_mutually_exclusive check_required_arguments check_required_one_of check_type_bool check_type_dict check_type_float check_type_int check_type_list check_type_path check_type_str safe_eval",
    "module_utils.common.warnings": "",
    "module_utils.common.yaml": "yaml_dump",
    "module_utils.compat.datetime": "",
    "module_utils.compat.importlib": "",
    "module_utils.compat.paramiko": "paramiko",
    "module_utils.compat.typing": "",
    "module_utils.compat.version": "LooseVersion StrictVersion",
    "module_utils.connection": "Connection ConnectionError exec_command",
    "module_utils.datatag": "deprecate_value native_type_name",
    "module_utils.errors": "AnsibleValidationError RequiredIfError UnsupportedError",
    "module_utils.facts": "ansible_collector default_collectors",
    "module_utils.facts.ansible_collector": "",
    "module_utils.facts.collector": "",
    "module_utils.facts.compat": "ansible_facts",
    "module_utils.facts.default_collectors": "",
    "module_utils.facts.namespace": "",
    "module_utils.facts.packages": "CLIMgr",
    "module_utils.facts.sysctl": "",
    "module_utils.facts.timeout": "",
    "module_utils.facts.utils": "get_file_content get_file_lines",
    "module_utils.json_utils": "",
    "module_utils.parsing.convert_bool": "BOOLEANS_FALSE BOOLEANS_TRUE boolean",
    "module_utils.pycompat24": "",
    "module_utils.service": "daemonize fail_if_missing",
    "module_utils.six": "PY2 PY3 binary_type integer_types iteritems raise_from string_types text_type",
    "module_utils.six.moves": "StringIO cPickle configparser filterfalse http_client reduce shlex_quote urllib zip",
    "module_utils.six.moves.collections_abc": "MutableMapping",
    "module_utils.six.moves.configparser": "ConfigParser NoOptionError",
    "module_utils.six.moves.http_client": "HTTPException HTTPSConnection",
    "module_utils.six.moves.http_cookiejar": "CookieJar",
    "module_utils.six.moves.urllib": "error parse",
    "module_utils.six.moves.urllib.error": "HTTPError URLError",
    "module_utils.six.moves.urllib.parse": "parse_qsl quote quote_plus urlencode urljoin urlparse urlsplit urlunparse",
    "module_utils.six.moves.urllib_parse": "parse_qs urlencode urlparse",
    "module_utils.splitter": "",
    "module_utils.urls": "ConnectionError HAS_GSSAPI NoSSLError Request SSLValidationError UnixHTTPHandler basic_auth_header fetch_file fetch_url generic_urlparse open_url socket url_argument_spec urlparse urlunparse",
}  # fmt: skip


@pytest.mark.parametrize("module", sorted(NAMES))
def test_names_that_collections_import_are_there(module):
    _names.bind(owns_ansible=False)
    found = import_module(f"assible.{module}")
    for name in NAMES[module].split():
        if not hasattr(found, name):
            import_module(f"assible.{module}.{name}")


def test_a_module_is_one_object_under_all_its_names():
    _names.bind(owns_ansible=False)
    face = import_module("assible.ansible.module_utils.basic")
    assert import_module("assible.module_utils.basic") is face
    assert import_module("assible.module_utils.six.moves.urllib.parse") is import_module("urllib.parse")
