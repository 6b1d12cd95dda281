"""The live line: what it says, and that it is out of the way of everything else."""

from __future__ import annotations

from assible.content.callbacks.live_line import LiveLine, elapsed, fitting, width
from assible.model import events


class Terminal:
    """Takes what is written, and keeps the text that a person would see."""

    def __init__(self, columns: int = 80) -> None:
        self.columns = columns
        self.rows = [""]
        self.now = 100.0

    def write(self, text: str) -> None:
        while text:
            if text.startswith("\033["):
                count = 2
                while not text[count].isalpha():
                    count += 1
                if text[count] == "J":
                    self.rows[-1] = ""
                else:
                    del self.rows[-int(text[2:count]) :]
                text = text[count + 1 :]
                continue
            if text[0] == "\n":
                self.rows.append("")
            elif text[0] != "\r":
                if len(self.rows[-1]) == self.columns:
                    self.rows.append("")
                self.rows[-1] += text[0]
            text = text[1:]


def line_on(terminal: Terminal) -> LiveLine:
    return LiveLine(terminal.write, terminal.write, lambda: terminal.columns, lambda: terminal.now)


def started(line: LiveLine, hosts: int = 3) -> None:
    line(events.RunStarted(playbooks=["p"]))
    line(events.PlayStarted(name="play", hosts=[f"h{number}" for number in range(hosts)]))
    line(events.TaskStarted(task_id=1, name="task", action="a", path=""))


def result(host: str) -> events.HostResult:
    return events.HostResult(
        task_id=1,
        task="task",
        action="a",
        host=host,
        status="ok",
        changed=False,
        ignored=False,
        data={},
        duration_seconds=0,
    )


def test_it_tells_play_task_hosts_time_and_the_slowest_host():
    terminal = Terminal()
    line = line_on(terminal)
    started(line)
    for host in ("h0", "h1"):
        line(events.HostStarted(task_id=1, host=host))
    terminal.now += 5
    line(events.HostStarted(task_id=1, host="h2"))
    line(result("h0"))
    terminal.now += 60
    line.draw()
    assert terminal.rows == ["play | task | 1/3 hosts | 1:05 | h1 1:05"]


def test_it_is_cleared_before_each_line_and_drawn_again_below():
    terminal = Terminal()
    line = line_on(terminal)
    started(line)
    line.draw()
    line.out("ok: [h0]\n")
    assert terminal.rows == ["ok: [h0]", ""]
    line.draw()
    line.err("[WARNING]: odd\n")
    line.draw()
    assert terminal.rows == ["ok: [h0]", "[WARNING]: odd", "play | task | 0/3 hosts | 0:00"]


def test_it_goes_away_when_the_run_ends():
    terminal = Terminal()
    line = line_on(terminal)
    started(line)
    line.draw()
    line(events.RunStats(hosts={}))
    line.draw()
    assert terminal.rows == [""]


def test_it_never_fills_the_last_column():
    terminal = Terminal(20)
    line = line_on(terminal)
    started(line)
    line.draw()
    assert len(terminal.rows) == 1
    assert terminal.rows[0] == "play | task | 0/3 …"


def test_a_line_that_a_smaller_terminal_has_wrapped_is_cleared_whole():
    terminal = Terminal(60)
    line = line_on(terminal)
    started(line)
    line.draw()
    (shown,) = terminal.rows
    terminal.columns = 10
    terminal.rows = [shown[start : start + 10] for start in range(0, len(shown), 10)]
    line.draw()
    assert terminal.rows == ["play | t…"]


def test_nothing_is_written_where_nothing_has_changed():
    terminal = Terminal()
    written: list[str] = []
    line = LiveLine(written.append, written.append, lambda: 80, lambda: terminal.now)
    started(line)
    line.draw()
    count = len(written)
    line.draw()
    assert len(written) == count


def test_it_stays_away_while_somebody_is_asked():
    terminal = Terminal()
    line = line_on(terminal)
    started(line)
    line.is_paused = True
    line.draw()
    assert terminal.rows == [""]


def test_hosts_that_an_include_leads_on_are_not_the_slowest():
    terminal = Terminal()
    line = line_on(terminal)
    started(line)
    line(events.HostStarted(task_id=1, host="h0"))
    line(events.Included(file="x", hosts=["h0"], task_id=1))
    assert "h0" not in line.text()


def test_durations_and_widths_are_readable():
    assert [elapsed(seconds) for seconds in (0, 59.9, 61, 3661)] == ["0:00", "0:59", "1:01", "1:01:01"]
    assert width("日本") == 4
    assert fitting("a\nb\x1bc", 80) == "a b c"
    assert fitting("日本語", 5) == "日本…"
