"""The package_facts module: what each manager's program prints, recorded, and this machine's own."""

from assible.content.modules import package_facts as module


def test_dpkg():
    text = "dpkg\t1.21\tamd64\tadmin\tinstalled\nold\t1\tall\tx\tconfig-files\nlibc6\t2.36\ti386\tlibs\tinstalled\n"
    assert module.parse_apt(text) == [
        {"name": "dpkg", "version": "1.21", "arch": "amd64", "category": "admin"},
        {"name": "libc6:i386", "version": "2.36", "arch": "i386", "category": "libs"},
    ]


def test_where_apt_has_it_from():
    releases = " 100 /var/lib/dpkg/status\n     release a=now\n 500 http://d.o/debian b/main amd64 Packages\n     release v=12,o=Debian,a=stable\n     origin d.o\n"
    assert module.parse_apt_releases(releases)["http://d.o/debian b/main amd64 Packages"] == "Debian"
    places = "bash:\n  Installed: 5.2\n  Candidate: 5.3\n  Version table:\n     5.3 500\n        500 http://new x Packages\n *** 5.2 500\n        500 http://d.o/debian b/main amd64 Packages\n        100 /var/lib/dpkg/status\n"
    assert module.parse_apt_places(places) == {"bash": "http://d.o/debian b/main amd64 Packages"}


def test_rpm():
    text = "kernel\t3.10.0\t693.el7\t(none)\tx86_64\nbind\t9.11\t1\t32\tx86_64\ngpg-pubkey\t1\t2\t(none)\t(none)\n"
    found = module.parse_rpm(text)
    assert found[0] == {"name": "kernel", "version": "3.10.0", "release": "693.el7", "epoch": None, "arch": "x86_64"}
    assert (found[1]["epoch"], found[2]["arch"]) == (32, None)


def test_apk():
    assert module.parse_apk("musl-1.2.4-r2\nlibc-utils-0.7.2-r5\nWARNING: x\n")[1] == {
        "name": "libc-utils",
        "version": "0.7.2",
        "release": "5",
    }


def test_pacman():
    text = "Name            : bash\nVersion         : 5.2.015-1\nDescription     : The shell: x\nArchitecture    : x86_64\n\n"
    assert module.parse_pacman(text) == [{"name": "bash", "version": "5.2.015-1", "arch": "x86_64"}]


def test_freebsd():
    found = module.parse_pkg("curl\t8.1\tFreeBSD\tftp/curl\t/usr/local\t0\t1690000000\n")[0]
    assert (found["name"], found["version"], found["category"], found["vital"]) == ("curl", "8.1", "ftp", False)


def test_openbsd():
    assert module.parse_pkg_info("curl-7.79.0         transfer files\np5-URI-1.76  x\n")[1] == {
        "name": "p5-URI",
        "version": "1.76",
    }


def test_portage():
    assert module.parse_portage("app-shells/bash-5.1_p16-r6\n") == [
        {"name": "bash", "version": "5.1_p16", "release": "6", "category": "app-shells"}
    ]


def test_this_machine(run):
    packages = run("package_facts")["ansible_facts"]["packages"]
    assert packages["dpkg"][0]["source"] == "apt"


def test_a_manager_that_is_not_here_fails(run):
    assert "pacman" in run("package_facts", manager=["pacman"])["msg"]
