"""The mount_facts module: files and programs of every form, and what is mounted here."""

import pytest

from assible.content.modules import mount_facts as module


def brief(found):
    return [(one["device"], one["mount"], one["fstype"], one.get("options")) for one in found]


def test_a_table_is_read():
    text = "# c\n\nUUID=1 /a\\040b ext4 rw,x 0 2\n/dev/b /b xfs ro\nnoise\n/dev/c /c xfs rw 1\n"
    assert brief(module.parse_table(text)) == [
        ("UUID=1", "/a b", "ext4", "rw,x"),
        ("/dev/b", "/b", "xfs", "ro"),
        ("/dev/c", "/c", "xfs", "rw"),
    ]


def test_numbers_of_a_table_are_numbers():
    first = next(iter(module.parse_table("a /a b c 1 2")))
    assert (first["dump"], first["passno"], first["ansible_context"]) == (1, 2, {"source_data": "a /a b c 1 2"})


def test_a_table_of_solaris_is_read():
    (one,) = module.parse_table("swap - /tmp tmpfs - yes size=1")
    assert brief([one]) == [("swap", "/tmp", "tmpfs", "size=1")]
    assert (one["device_to_fsck"], one["passno"], one["mount_at_boot"]) == ("-", "-", "yes")


def test_stanzas_of_aix_are_read():
    text = "* c\n/a:\n\tdev = /dev/x\n\tvfs = jfs2\n\n/b:\n\tdev = /e\n\tnodename = s\n"
    found = module.parse_file(text)
    assert brief(found) == [("/dev/x", "/a", "jfs2", None), ("s:/e", "/b", "unknown", None)]
    assert found[0]["attributes"] == {"dev": "/dev/x", "vfs": "jfs2"}


def test_the_list_of_file_systems_of_linux_is_no_source():
    assert module.parse_file("ext4\next3\nnodev proc\n*\n") == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("none on /a b type tmpfs (rw,nosuid)", ("none", "/a b", "tmpfs", "rw,nosuid")),
        ("/dev/a on / (ufs, local, soft-updates)", ("/dev/a", "/", "ufs", "local, soft-updates")),
        ("devfs on /dev (devfs)", ("devfs", "/dev", "devfs", None)),
        ("         /dev/hd4   /  jfs2  Jan 01 10:00 rw,log=x", ("/dev/hd4", "/", "jfs2", "rw,log=x")),
        ("srv  /exp  /n  nfs3 Jan 01 10:00 ro", ("srv:/exp", "/n", "nfs3", "ro")),
    ],
)
def test_what_a_program_tells_is_read(line, told):
    assert brief(module.parse_program(f"{line}\nnoise\n")) == [told]


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "fstab").write_text(
        "/dev/x /none/a ext4 rw 0 0\nsrv:/y /none/b nfs ro 0 0\n/dev/z /none/a xfs rw 0 0\n"
    )
    (tmp_path / "link").symlink_to("fstab")
    return tmp_path


def facts(result):
    return result["ansible_facts"]["mount_points"], result["ansible_facts"]["aggregate_mounts"]


def test_the_first_mount_of_a_point_counts(run, sources):
    points, every = facts(
        run(
            "mount_facts",
            sources=[f"{sources}/fstab", f"{sources}/link", f"{sources}/none"],
            include_aggregate_mounts=True,
        )
    )
    assert points["/none/a"]["device"] == "/dev/x"
    assert [one["device"] for one in every] == ["/dev/x", "srv:/y", "/dev/z"]
    assert points["/none/b"]["ansible_context"]["source"] == f"{sources}/fstab"


def test_mounts_are_chosen_by_device_and_type(run, sources):
    points, _ = facts(run("mount_facts", sources=[f"{sources}/fstab"], devices=["[!/]*"]))
    assert list(points) == ["/none/b"]
    points, _ = facts(run("mount_facts", sources=[f"{sources}/fstab"], fstypes=["x*", "ext?"], devices=["/dev/z"]))
    assert [one["fstype"] for one in points.values()] == ["xfs"]


def test_what_is_mounted_here_has_sizes(run):
    points, _ = facts(run("mount_facts", sources=["dynamic"], timeout=5))
    assert points["/"]["size_total"] > points["/"]["size_available"]


def test_the_program_is_asked_where_no_file_tells(run, sources, tmp_path):
    program = tmp_path / "mounts"
    program.write_text("#!/bin/sh\necho 'x on /none type y (rw)'\n")
    program.chmod(0o755)
    points, _ = facts(run("mount_facts", sources=["mount"], mount_binary=str(program)))
    assert points["/none"]["device"] == "x"


@pytest.mark.parametrize(("on_timeout", "fails"), [("error", True), ("warn", False), ("ignore", False)])
def test_a_program_that_does_not_answer_is_not_waited_for(run, tmp_path, on_timeout, fails):
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nsleep 20\n")
    program.chmod(0o755)
    result = run("mount_facts", sources=["mount"], mount_binary=str(program), timeout=0.2, on_timeout=on_timeout)
    assert bool(result.get("failed")) == fails


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"timeout": 0}, "timeout"),
        ({"mount_binary": ["a"]}, "mount_binary"),
        ({"sources": ["mount"], "mount_binary": None}, "null"),
        ({"sources": ["mount"], "mount_binary": "no-such-program"}, "no-such-program"),
    ],
)
def test_what_makes_no_sense_fails(run, args, text):
    result = run("mount_facts", **args)
    assert result["failed"]
    assert text in result["msg"]
