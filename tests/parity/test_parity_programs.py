"""Programs written for Ansible's Python API print under Assible what they print under ansible-core."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("parity_programs", Path(__file__).with_name("parity_programs.py"))
parity = importlib.util.module_from_spec(_spec)
sys.modules["parity_programs"] = parity
_spec.loader.exec_module(parity)


@pytest.mark.parametrize("program", parity.all_programs(), ids=lambda program: program.name)
def test_a_program_prints_what_was_recorded(program, tmp_path):
    assert program.run_own(tmp_path) == program.expected
