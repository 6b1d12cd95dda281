"""Which tasks tags select, and how serial splits hosts."""

from __future__ import annotations

import pytest

from assible.engine.play_start import batches
from assible.engine.run import tags_select
from assible.exceptions import UsageError

f = frozenset


@pytest.mark.parametrize(
    ("own", "wanted", "skipped", "expected"),
    [
        ([], ["all"], [], True),
        (["a"], ["all"], [], True),
        (["a"], ["a"], [], True),
        (["a"], ["b"], [], False),
        ([], ["a"], [], False),
        ([], ["untagged"], [], True),
        (["a"], ["untagged"], [], False),
        (["a"], ["tagged"], [], True),
        ([], ["tagged"], [], False),
        (["always"], ["b"], [], True),
        (["always"], ["all"], ["always"], False),
        (["never"], ["all"], [], False),
        (["never", "a"], ["a"], [], True),
        (["never", "a"], ["tagged"], [], False),
        (["never"], ["never"], [], True),
        (["a", "b"], ["a"], ["b"], False),
        (["a"], ["all"], ["tagged"], False),
        ([], ["all"], ["tagged"], True),
        ([], ["all"], ["untagged"], False),
        (["a"], ["all"], ["all"], False),
        (["always"], ["all"], ["all"], True),
    ],
)
def test_tags_select_as_documented(own, wanted, skipped, expected):
    assert tags_select(f(own), f(wanted), f(skipped)) is expected


HOSTS = list("abcdefghij")


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], [10]),
        ([3], [3, 3, 3, 1]),
        (["30%"], [3, 3, 3, 1]),
        ([1, 5], [1, 5, 4]),
        ([1, "20%"], [1, 2, 2, 2, 2, 1]),
        ([0], [10]),
        (["1%"], [1] * 10),
        ([100], [10]),
    ],
)
def test_serial_splits_hosts(sizes, expected):
    assert [len(batch) for batch in batches(HOSTS, sizes)] == expected


def test_batches_keep_every_host_once_and_in_order():
    assert [host for batch in batches(HOSTS, [1, 2, "30%"]) for host in batch] == HOSTS


def test_serial_refuses_what_is_no_size():
    with pytest.raises(UsageError, match="serial"):
        batches(HOSTS, ["many"])
