"""Every case gives what was recorded of ansible-core: exit code, results, counters and output."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "assible_parity_parity_cases", Path(__file__).with_name("parity_cases.py")
)
assert _spec is not None
assert _spec.loader is not None
parity = sys.modules.setdefault("assible_parity_parity_cases", importlib.util.module_from_spec(_spec))
if not hasattr(parity, "all_cases"):
    _spec.loader.exec_module(parity)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in parity.all_cases()])
def test_a_case_runs_as_under_ansible_core(case, tmp_path):
    if case.preparation is not None and (reason := parity.throwaway.why_no_root(case.wants_systemd)):
        pytest.skip(f"no throw-away root can be made: {reason}")
    told = parity.differences(case.expected, parity.run_assible(case, tmp_path))
    if told:
        pytest.fail("\n".join(told), pytrace=False)
