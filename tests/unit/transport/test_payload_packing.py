"""What travels with a module, and how often."""

import asyncio
import marshal
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from assible.agent import bootstrap, wire
from assible.agent.importer import bytecode
from assible.transport import payload
from assible.transport.agent_connection import AgentConnection
from assible.transport.connection import ModuleCall, Target
from assible.transport.memory import MemoryConnection, MemoryHost
from assible.transport.payload import Packer, Source


def finder(**texts):
    calls = []

    def find(name):
        calls.append(name)
        text = texts.get(name.replace(".", "_"))
        return None if text is None else Source(name, text == b"", text)

    find.calls = calls
    return find


def names(packed):
    return {entry.name for entry in packed.entries}


def test_only_what_a_module_imports_is_packed():
    find = finder(ansible_module_utils_a=b"X = 1\n", ansible_module_utils_b=b"Y = 1\n")
    packed = Packer(find).python("m", b"import os\nfrom ansible.module_utils.a import X\n")
    assert names(packed) == {"m", "ansible.module_utils.a"}


def test_imports_of_imports_are_packed_and_circles_end():
    find = finder(
        ansible_module_utils_a=b"import ansible.module_utils.b\n",
        ansible_module_utils_b=b"import ansible.module_utils.a\n",
    )
    packed = Packer(find).python("m", b"from ansible.module_utils import a\n")
    assert names(packed) == {"m", "ansible.module_utils.a", "ansible.module_utils.b"}


def test_relative_imports_are_resolved_against_the_package():
    find = finder(ansible_module_utils_p=b"", ansible_module_utils_p_a=b"from . import b\nfrom .c import D\n",
                  ansible_module_utils_p_b=b"B = 1\n", ansible_module_utils_p_c=b"D = 1\n")  # fmt: skip
    packed = Packer(find).python("m", b"import ansible.module_utils.p.a\n")
    prefix = "ansible.module_utils.p"
    assert {prefix, f"{prefix}.a", f"{prefix}.b", f"{prefix}.c"} <= names(packed)


def test_imports_inside_of_functions_and_tries_are_packed():
    find = finder(ansible_module_utils_a=b"X = 1\n", ansible_module_utils_b=b"X = 1\n")
    text = b"def f():\n    import ansible.module_utils.a\ntry:\n    import ansible.module_utils.b\nexcept ImportError:\n    pass\n"
    assert {"ansible.module_utils.a", "ansible.module_utils.b"} <= names(Packer(find).python("m", text))


def test_what_only_type_checkers_see_is_left_out():
    find = finder(ansible_module_utils_a=b"X = 1\n", ansible_module_utils_b=b"X = 1\n")
    text = b"import typing\nif typing.TYPE_CHECKING:\n    import ansible.module_utils.a\nelse:\n    import ansible.module_utils.b\n"
    assert names(Packer(find).python("m", text)) == {"m", "ansible.module_utils.b"}


def test_a_module_that_is_no_python_of_ours_is_packed_for_the_target_to_judge():
    assert names(Packer(finder()).python("m", b"print 'two'\n")) == {"m"}


def test_a_native_module_brings_the_toolkit_and_nothing_of_the_controller():
    packed = Packer().native("assible.content.modules.ping")
    assert "assible.agent.toolkit.module" in names(packed)
    allowed = ("assible.agent.", "assible.content.modules.")
    assert all(name.startswith(allowed) for name in names(packed))


def test_each_source_is_looked_for_once_however_many_modules_want_it():
    find = finder(ansible_module_utils_a=b"X = 1\n")
    packer = Packer(find)
    for name in ("m", "n"):
        packer.python(name, b"import ansible.module_utils.a\n# " + name.encode())
    assert find.calls.count("ansible.module_utils.a") == 1


def test_a_module_is_packed_once_and_again_when_its_text_changes():
    packer = Packer(finder())
    first = packer.python("m", b"A = 1\n")
    assert packer.python("m", b"A = 1\n") is first
    assert packer.python("m", b"A = 2\n").bundle != first.bundle


def test_equal_modules_have_equal_bundles_in_every_session():
    packed = [Packer().native("assible.content.modules.ping") for _ in range(2)]
    assert packed[0].bundle == packed[1].bundle


@pytest.mark.parametrize("style", ["want_json", "json_args", "binary", "old"])
def test_a_program_is_packed_alone(style):
    packed = Packer().file(style, "m", b"import ansible.module_utils.a\n")
    assert (names(packed), packed.style) == ({"m"}, style)


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="strange"):
        Packer().file("strange", "m", b"")


def test_a_module_of_ours_that_does_not_exist_is_named():
    with pytest.raises(LookupError, match=r"assible\.content\.modules\.none"):
        Packer().native("assible.content.modules.none")


def test_only_what_is_ours_is_imported_once_for_all():
    find = finder(ansible_module_utils_a=b"X = 1\n")
    packed = Packer(find).python("m", b"import ansible.module_utils.a\nimport assible.agent.toolkit.report\n")
    warm = {entry.name for entry in packed.entries if entry.warm}
    assert "assible.agent.toolkit.report" in warm
    assert not warm & {"m", "ansible.module_utils.a"}


class RecordingLink:
    """A link that answers every request at once, and keeps what was sent."""

    name = "h"
    is_alive = True
    round_trips = 0

    def __init__(self):
        self.on_channel_closed = {}
        self.before = []

    async def request(self, channel, header, body=b"", *, before=b"", partial=None):
        self.before.append([(wire.parse_header(head), data) for _, head, data in wire.Decoder().feed(before)])
        return {"t": "done", "rc": 0, "sizes": [0, 0, 0], "seconds": 0, "problem": None}, b""


@pytest.fixture
def link():
    return RecordingLink()


@pytest.fixture
def connection(link):
    return AgentConnection(link, MemoryConnection(MemoryHost(), Target("h")).greeting)


async def test_code_travels_with_the_first_call_only(link, connection):
    packed = Packer().native("assible.content.modules.ping")
    await connection.run(ModuleCall(packed))
    await connection.run(ModuleCall(packed))
    assert [len(frames) for frames in link.before] == [1, 0]


def lacking_entries(packed):
    """Return what an agent that has just started lacks of a payload."""
    return [entry for entry in packed.entries if entry not in payload.agent_entries()]


async def test_the_sources_that_travel_are_the_ones_that_were_announced(link, connection):
    packed = Packer().native("assible.content.modules.ping")
    await connection.run(ModuleCall(packed))
    ((header, body),) = link.before[0]
    text = zlib.decompress(body)
    sizes = {digest: size for digest, size, *_ in header["sources"]}
    lacking = {entry.digest: packed.sources[entry.digest] for entry in lacking_entries(packed)}
    assert sizes == {digest: len(source) for digest, source in lacking.items()}
    assert all(source in text for source in lacking.values())


async def test_a_source_that_two_modules_share_travels_once(link, connection):
    await connection.run(ModuleCall(Packer().native("assible.content.modules.ping")))
    await connection.run(ModuleCall(Packer().native("assible.content.modules.command")))
    first, second = ({entry[0] for entry in frames[0][0]["sources"]} for frames in link.before)
    assert second
    assert not first & second


async def test_concurrent_first_calls_send_the_code_once(link, connection):
    packed = Packer().native("assible.content.modules.ping")
    await asyncio.gather(*(connection.run(ModuleCall(packed)) for _ in range(3)))
    assert sum(len(frames) for frames in link.before) == 1


async def test_a_target_with_the_same_bytecode_gets_our_modules_compiled(link):
    greeting = replace(MemoryConnection(MemoryHost(), Target("h")).greeting, bytecode=bytecode())
    packed = Packer().native("assible.content.modules.ping")
    await AgentConnection(link, greeting).run(ModuleCall(packed))
    ((header, body),) = link.before[0]
    assert {name for _, name, _ in header["code"]} == {entry.name for entry in lacking_entries(packed)}
    assert header["sources"] == []
    code = marshal.loads(zlib.decompress(body)[-header["code"][-1][2] :])
    assert code.co_filename == "<assible>/" + header["code"][-1][1].replace(".", "/") + ".py"


async def test_a_target_with_another_bytecode_compiles_for_itself(link, connection):
    await connection.run(ModuleCall(Packer().native("assible.content.modules.ping")))
    assert link.before[0][0][0]["code"] == []


async def test_modules_of_others_are_never_sent_compiled(link):
    greeting = replace(MemoryConnection(MemoryHost(), Target("h")).greeting, bytecode=bytecode())
    packed = Packer(finder(ansible_module_utils_a=b"X = 1\n")).python("m", b"import ansible.module_utils.a\n")
    await AgentConnection(link, greeting).run(ModuleCall(packed))
    assert link.before[0][0][0]["code"] == []


def test_the_quick_scan_of_our_own_sources_finds_what_parsing_finds():
    root = Path(payload.__file__).parents[2]
    scanned = 0
    for prefix in payload.SHIPPED_PREFIXES:
        for path in (root / prefix.replace(".", "/")).rglob("*.py"):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            source = Source(name.removesuffix(".__init__"), path.name == "__init__.py", path.read_bytes())
            missed = set(payload.imported_names(source)) - set(payload.shipped_imports(source))
            assert not missed, name
            scanned += 1
    assert scanned > 50


def test_the_quick_scan_leaves_out_what_only_type_checkers_see():
    text = b"import os\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from a import (\n        b,\n    )\n\n    import c\n\nimport sys\n"
    assert list(payload.shipped_imports(Source("x.y", False, text))) == ["os", "sys"]


def test_the_first_stage_is_composed_once_and_fits_the_line_that_reads_it():
    source, nonce = payload.first_stage()
    assert payload.first_stage() == (source, nonce)
    assert str(len(source)) in bootstrap.python_line(len(source))


def test_the_start_command_needs_no_quoting_in_any_shell():
    source, _ = payload.first_stage()
    script = bootstrap.shell_script(["python3", "/usr/bin/env python3", "~/venv/bin/python"], len(source))
    assert not set(script) & set("'!\\\n`")
    assert '"$HOME/venv/bin/python"' in script


@pytest.mark.parametrize("word", ["a'b", "a!b", "a`b`", 'a"b', "a\\b", "a\nb", ""])
def test_an_interpreter_that_would_break_out_of_the_quotes_is_refused(word):
    with pytest.raises(ValueError, match="interpreter"):
        bootstrap.shell_script([word], 10)
