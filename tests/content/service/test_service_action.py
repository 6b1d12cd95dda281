"""The service action, and the module that works where no other does."""

import json

import pytest

from assible import Session
from assible.content.modules import service as module

SCRIPT = "#!/bin/sh\necho $@ >> /run/calls\ncase $1 in status) test -e /run/up;; start) touch /run/up;; stop) rm -f /run/up;; esac\n"
UNIT = "[Service]\nExecStart=/bin/sleep 100\n[Install]\nWantedBy=multi-user.target\n"


@pytest.fixture(scope="module")
def script(root):
    path = root.path / "etc/init.d/plain"
    path.write_text(SCRIPT)
    path.chmod(0o755)


@pytest.fixture(scope="module")
def unit(systemd_root):
    (systemd_root.path / "lib/systemd/system/sleeper.service").write_text(UNIT)
    systemd_root.run("systemctl", "daemon-reload")


def test_where_systemd_runs_it_does_the_work(unit, run_under_systemd):
    result = run_under_systemd("service", name="sleeper", state="started", sleep=1, pattern="x")
    assert result["changed"]
    assert result["status"]["Id"] == "sleeper.service"


def test_the_module_itself_can_ask_systemd(unit, run_under_systemd):
    changes = [
        run_under_systemd("service", name="sleeper", use="service", **args)["changed"]
        for args in (
            {"state": "started"},
            {"state": "stopped"},
            {"state": "stopped"},
            {"enabled": True},
            {"enabled": True},
        )
    ]
    assert changes == [False, True, False, True, False]


def test_scripts_are_called_where_nothing_else_is(script, run_in_root, root):
    assert run_in_root("service", check=True, name="plain", state="started")["changed"]
    changes = [
        run_in_root("service", name="plain", state=state)["changed"] for state in ("started", "started", "stopped")
    ]
    assert changes == [True, False, True]
    run_in_root("service", name="plain", state="restarted", sleep=0, arguments="x y")
    calls = [line for line in (root.path / "run/calls").read_text().splitlines() if not line.startswith("status")]
    assert calls == ["start", "stop", "stop x y", "start x y"]


def test_another_module_may_be_named(script, run_in_root):
    assert run_in_root("service", name="plain", state="started", use="ansible.builtin.sysvinit")["changed"] is False


def test_a_service_that_is_nowhere_fails(run_in_root):
    assert "nothing" in run_in_root("service", name="nothing", state="started")["msg"]


@pytest.fixture
def task(root, tmp_path):
    """Run a task in the throw-away root; return its result."""

    def call(*before, **entry):
        playbook = tmp_path / "play.yml"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [*before, entry]}]))
        with Session(inventory=root.inventory) as session:
            return dict(list(session.run(str(playbook)).results())[-1].data)

    return call


def test_a_variable_names_the_module(task, script):
    assert "status" in task(service={"name": "plain", "state": "started"}, vars={"ansible_service_use": "sysvinit"})


def test_facts_name_the_module(task, script):
    fact = {"set_fact": {"ansible_service_mgr": "sysvinit", "cacheable": True}}
    result = task(fact, service={"name": "plain", "state": "started"})
    assert "status" in result


def test_defaults_are_those_of_the_module_that_works(task, script):
    result = task(
        service={"name": "plain", "use": "sysvinit"}, module_defaults={"sysvinit": {"state": "restarted", "sleep": 0}}
    )
    assert result["status"]["restarted"]["changed"]


class Recorded:
    """Stands for a module: programs are there and answer as recorded."""

    def __init__(self, answers, **params):
        self.answers = answers
        self.calls = []
        self.check_mode = False
        self.params = {"name": "web", "runlevel": "default", "arguments": "", "pattern": None, "sleep": None, **params}

    def get_bin_path(self, name, required=False):
        return name

    def run_command(self, argv, **options):
        self.calls.append(" ".join(argv))
        return self.answers.get(" ".join(argv), (0, "", ""))


BY_PROGRAM = {init.program: init for init in (*module.OTHERS, module.UPSTART)}


@pytest.mark.parametrize(
    ("program", "question", "up", "down"),
    [
        ("rc-service", "rc-service web status", (0, " * status: started", ""), (3, " * status: stopped", "")),
        ("rcctl", "rcctl check web", (0, "web(ok)", ""), (1, "web(failed)", "")),
        ("svcadm", "svcs -H -o state web", (0, "online\n", ""), (0, "disabled\n", "")),
        ("sysrc", "service web onestatus", (0, "web is running as pid 1.", ""), (1, "web is not running.", "")),
        ("startsrc", "lssrc -s web", (0, " web  g  12  active\n", ""), (0, " web  g   inoperative\n", "")),
        ("initctl", "initctl status web", (0, "web start/running, process 1\n", ""), (0, "web stop/waiting\n", "")),
    ],
)
def test_other_init_systems_tell_whether_a_service_runs(program, question, up, down):
    assert module.Service(Recorded({question: up}), BY_PROGRAM[program]).runs()
    assert not module.Service(Recorded({question: down}), BY_PROGRAM[program]).runs()


@pytest.mark.parametrize(
    ("program", "call"),
    [
        ("rc-service", "rc-service web reload"),
        ("rcctl", "rcctl -f reload web"),
        ("svcadm", "svcadm refresh web"),
        ("sysrc", "service web onereload"),
        ("startsrc", "refresh -s web"),
        ("initctl", "initctl reload web"),
    ],
)
def test_other_init_systems_are_called_by_their_own_words(program, call):
    recorded = Recorded({})
    module.Service(recorded, BY_PROGRAM[program]).act("reload")
    assert recorded.calls == [call]


def test_openrc_tells_what_starts_at_a_runlevel():
    shown = {"rc-update show default": (0, "   cron | default\n  web  | default\n", "")}
    assert module.Service(Recorded(shown), BY_PROGRAM["rc-service"]).is_enabled()
    assert not module.Service(Recorded(shown, name="we"), BY_PROGRAM["rc-service"]).is_enabled()
