"""The filters that ship, by name; each module is imported when one of its filters is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from assible.registry.lazy import LazyTable, places

FILTERS: Final[Mapping[str, Callable[..., Any]]] = LazyTable(
    __name__,
    places(
        serialise="to_json to_nice_json from_json to_yaml to_nice_yaml from_yaml from_yaml_all",
        hashing="b64encode b64decode md5 sha1 checksum=sha1 hash=hash_text to_uuid password_hash",
        collections="combine dict2items items2dict flatten zip=zip_lists zip_longest=zip_lists_longest "
        "product permutations combinations subelements rekey_on_member extract random=choose shuffle",
        sets="unique union intersect difference symmetric_difference",
        numbers="log pow=power root human_readable human_to_bytes",
        text="regex_replace regex_search regex_findall regex_escape quote split comment",
        values="bool=to_bool ternary mandatory type_debug",
        paths="basename dirname expanduser expandvars=expand_variables fileglob normpath realpath relpath=relative "
        "splitext commonpath path_join win_basename win_dirname win_splitdrive",
        dates="strftime to_datetime",
        urls="urldecode urlsplit=split_url",
        vault="vault unvault",
    ),
)
