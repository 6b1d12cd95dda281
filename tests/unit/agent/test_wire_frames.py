import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.agent import wire

headers = st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=20), st.none()), max_size=4)
frames = st.lists(st.tuples(st.integers(0, wire.MAX_CHANNEL), headers, st.binary(max_size=200)), max_size=5)


@given(frames, st.integers(1, 50))
def test_frames_survive_any_cut_of_the_stream(sent, piece):
    stream = b"".join(wire.pack(*frame) for frame in sent)
    decoder = wire.Decoder()
    received = []
    for start in range(0, len(stream), piece):
        for channel, header, body in decoder.feed(stream[start : start + piece]):
            received.append((channel, wire.parse_header(header), body))
    assert received == sent


def test_nothing_is_left_over_after_whole_frames():
    decoder = wire.Decoder()
    list(decoder.feed(wire.pack(0, {"t": "ping"}, b"xyz")))
    assert decoder.pending() == 0


@given(st.binary(min_size=wire.PREFIX_BYTES, max_size=100).filter(lambda data: data[:2] != b"\xa5\x5b"))
def test_bytes_that_are_no_frame_are_refused(data):
    with pytest.raises(wire.WireError, match="not the start of a frame"):
        list(wire.Decoder().feed(data))


@pytest.mark.parametrize(("header", "body"), [(100, 0), (0, 100)])
def test_a_frame_larger_than_the_limits_is_refused_before_it_is_read(header, body):
    prefix = wire._PREFIX.pack(wire.MAGIC, 0, header, body)
    with pytest.raises(wire.WireError, match="announces"):
        list(wire.Decoder(max_header=10, max_body=10).feed(prefix))


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b"\xff", b"[" * 100000])
def test_a_header_that_is_no_json_object_is_refused(header):
    with pytest.raises(wire.WireError):
        wire.parse_header(header)


def test_text_that_is_no_unicode_survives_a_header():
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    _, header, _ = next(iter(wire.Decoder().feed(wire.pack(0, {"path": name}))))
    assert wire.parse_header(header)["path"] == name
