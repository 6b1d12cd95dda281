"""The template action."""

import os


def render(run, tmp_path, text, **args):
    (tmp_path / "t.j2").write_text(text)
    return run("template", **{"src": str(tmp_path / "t.j2"), "dest": str(tmp_path / "out"), **args})


def test_a_template_is_rendered_once(run, tmp_path):
    text = "{% for i in [1, 2] %}\nline {{ i }}\n{% endfor %}\n"
    result = render(run, tmp_path, text, mode="0600")
    assert result["changed"]
    assert (tmp_path / "out").read_text() == "line 1\nline 2\n"
    assert result["mode"] == "0600"
    assert not render(run, tmp_path, text, mode="0600")["changed"]


def test_it_knows_where_it_comes_from_and_goes(run, tmp_path):
    render(run, tmp_path, "{{ ansible_managed }} {{ template_path }} {{ template_destpath }} {{ template_host }}")
    assert (tmp_path / "out").read_text() == (f"Ansible managed {tmp_path}/t.j2 {tmp_path}/out {os.uname().nodename}")


def test_delimiters_newlines_and_encoding_can_be_chosen(run, tmp_path):
    render(
        run,
        tmp_path,
        "<< 'ä' >>\n{{ as is }}\n",
        variable_start_string="<<",
        variable_end_string=">>",
        newline_sequence="\\r\\n",
        output_encoding="latin-1",
    )
    assert (tmp_path / "out").read_bytes() == b"\xe4\r\n{{ as is }}\r\n"


def test_a_directory_gets_a_file_of_the_templates_name(run, tmp_path):
    (tmp_path / "d").mkdir()
    assert render(run, tmp_path, "x", dest=str(tmp_path / "d"))["dest"] == f"{tmp_path}/d/t.j2"


def test_check_mode_shows_the_difference_and_writes_nothing(run, tmp_path):
    result = render(run, tmp_path, "x", check=True)
    assert result["diff"][0]["after"] == "x"
    assert not (tmp_path / "out").exists()


def test_an_undefined_variable_fails_and_writes_nothing(run, tmp_path):
    assert "nope" in render(run, tmp_path, "{{ nope }}")["msg"]
    assert not (tmp_path / "out").exists()
