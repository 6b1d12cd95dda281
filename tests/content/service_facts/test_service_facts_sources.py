"""The service_facts module: what each init system says, and a real systemd."""

from assible.content.modules import service_facts as module


def states(found):
    return {name: (one["state"], one.get("status"), one["source"]) for name, one in found.items()}


def test_scripts_that_tell_nothing_are_left_out():
    text = " [ + ]  cron\n [ - ]  ssh\n [ ? ]  hwclock.sh\n"
    assert states(module.parse_status_all(text)) == {
        "cron": ("running", None, "sysv"),
        "ssh": ("stopped", None, "sysv"),
    }


def test_upstart_tells_goal_and_state():
    text = "cron start/running, process 12\nnet (eth0) stop/waiting\nssh start/running\n"
    found = module.parse_upstart(text)
    assert states(found)["net"] == ("stopped", None, "upstart")
    assert (found["cron"]["state"], found["cron"]["goal"]) == ("running", "start")


def test_chkconfig_tells_what_starts_at_boot():
    text = (
        "sshd  0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\nnfs  0:off\t3:off\n\nxinetd based services:\n  rsync: on\n"
    )
    assert module.parse_chkconfig(text) == {"sshd": "enabled", "nfs": "disabled", "rsync": "enabled"}


def test_openrc_tells_state_and_runlevels():
    levels = module.parse_rc_update("  sshd | default nonetwork\n  hostname | boot\n")
    found = module.parse_openrc(" sshd     [  started  00:01:02 (0) ]\n hostname [  stopped  ]\n", levels)
    assert (found["sshd"]["state"], found["sshd"]["runlevels"]) == ("started", ["default", "nonetwork"])
    assert found["hostname"]["state"] == "stopped"


def test_aix_tells_its_subsystems():
    text = "Subsystem  Group  PID  Status\n sshd  ssh  4711  active\n lpd  spooler  inoperative\n"
    assert states(module.parse_aix(text)) == {"sshd": ("running", None, "src"), "lpd": ("stopped", None, "src")}


def test_units_that_have_a_problem_say_so():
    text = (
        "  a.service loaded active running A\n● b.service not-found inactive dead b.service\n"
        "● c.service loaded failed failed C\n  d.service masked inactive dead d\n  e.service loaded active exited E\n"
        "  f.socket loaded active running F\n\nLOAD = Reflects\n5 loaded units listed.\n"
    )
    told = {name: (state, status) for name, (state, status, _) in states(module.parse_units(text)).items()}
    assert told == {
        "a.service": ("running", "active"),
        "b.service": ("stopped", "not-found"),
        "c.service": ("stopped", "failed"),
        "d.service": ("stopped", "masked"),
        "e.service": ("stopped", "active"),
    }


def test_every_name_of_a_unit_has_its_state():
    told = module.parse_active_states(
        "Id=a.service\nNames=a.service b.service\nActiveState=active\n\nId=c.service\nActiveState=inactive\n"
    )
    assert (told["b.service"], told["c.service"]) == ("active", "inactive")


def test_a_real_systemd_is_asked(systemd_root, run_under_systemd):
    for name in ("one", "two@"):
        path = systemd_root.path / f"etc/systemd/system/{name}.service"
        path.write_text("[Service]\nExecStart=/bin/sleep 100\n[Install]\nWantedBy=multi-user.target\n")
    systemd_root.run("systemctl", "daemon-reload")
    systemd_root.run("systemctl", "start", "one")
    found = run_under_systemd("service_facts")["ansible_facts"]["services"]
    assert found["one.service"] == {
        "name": "one.service",
        "state": "running",
        "status": "disabled",
        "source": "systemd",
    }
    assert found["two@.service"]["state"] == "unknown"
    assert found["cron"]["source"] == "sysv"


def test_scripts_are_asked_where_systemd_does_not_run(run_in_root):
    found = run_in_root("service_facts")["ansible_facts"]["services"]
    assert {one["source"] for one in found.values()} == {"sysv"}
