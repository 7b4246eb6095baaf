"""What a job carries, and where it is queued."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.cluster.jobs import lock_of, order_of, queue_of, read_order
from interview.grading.results import ResultKey

KEY = ResultKey("a" * 64, "normalization/layer-norm", "b" * 16, "c" * 16)
JSON = st.none() | st.booleans() | st.integers() | st.text()


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_source_arrives_as_it_was_sent(source: str) -> None:
    """Any text, NUL and all, goes through and keeps its key."""
    assert read_order(order_of(KEY, source)) == (KEY, source)


@given(st.dictionaries(st.sampled_from([*ResultKey.__slots__, "source", "other"]), JSON))
def test_a_malformed_job_is_refused(order: dict[str, object]) -> None:
    """Arguments that nobody of ours wrote are read or refused, and end in nothing else."""
    try:
        key, source = read_order(order)
    except ValueError:
        return
    assert isinstance(key, ResultKey)
    assert isinstance(source, str)


def test_a_source_that_is_far_too_long_is_refused() -> None:
    """A job has a bound on its size."""
    with pytest.raises(ValueError, match="characters"):
        read_order(order_of(KEY, "x" * (5 << 20)))


@pytest.mark.parametrize("name", ["exercise", "bank", "grader"])
def test_each_version_has_a_queue_of_its_own(name: str) -> None:
    """Another exercise, bank or grader is another queue; another submission is not."""
    assert queue_of(replace(KEY, **{name: "other"})) != queue_of(KEY)
    assert queue_of(replace(KEY, submission="other")) == queue_of(KEY)


@pytest.mark.parametrize("name", ResultKey.__slots__)
def test_each_key_has_a_lock_of_its_own(name: str) -> None:
    """Whatever a result depends on tells its jobs apart."""
    assert lock_of(replace(KEY, **{name: "other"})) != lock_of(KEY)


def test_a_queue_fits_into_the_name_of_a_channel() -> None:
    """PostgreSQL's channels have at most 63 characters, of which Procrastinate takes 23."""
    assert len("procrastinate_queue_v1#" + queue_of(KEY)) <= 63
