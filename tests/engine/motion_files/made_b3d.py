"""AddBiomechanics files for tests: written field by field, since nimblephysics reads them beside numpy 2 but cannot write there."""

import struct

from engine.core.conventions import COORDINATES
from engine.musculoskeletal.storage import write_model
from engine.tools.motion_files.person import Description, make_person

RATE_HZ = 100.0


def varint(number):
    groups = []
    while True:
        groups.append(number & 127 | (128 if number > 127 else 0))
        number >>= 7
        if not number:
            return bytes(groups)


def field(number, value):
    """One field of a protocol buffer: a whole number, a double, or bytes with their length."""
    if isinstance(value, int):
        return varint(8 * number) + varint(value % 2**64)
    if isinstance(value, float):
        return varint(8 * number + 1) + struct.pack("<d", value)
    return varint(8 * number + 2) + varint(len(value)) + value


def frames_of(q, bodies=2, joints=20):
    """Processing frames that hold coordinates; everything else is zero."""
    zeros = {2: q.shape[1], 3: q.shape[1], 4: q.shape[1], 5: 6 * bodies, 6: 3 * bodies, 7: 3 * bodies, 8: 3 * bodies}
    zeros |= dict.fromkeys((9, 10, 11, 17), 3) | {12: 6, 14: 6 * bodies, 15: 3 * joints, 16: 3 * joints}
    zeros |= dict.fromkeys((18, 19, 20), 3 * bodies) | {21: 6, 22: 6, 23: 30, 24: 30}
    rest = b"".join(field(number, bytes(8 * count)) for number, count in sorted(zeros.items()))
    return [field(1, row.astype("<f8").tobytes()) + rest for row in q]


def write_b3d(path, model_text, trials):
    """``trials``: coordinates ``(n, dofs)`` by name, in the order of the file's skeleton."""
    frames = {name: frames_of(q) for name, q in trials.items()}
    dofs = next(iter(trials.values())).shape[1]
    header = field(1, dofs) + field(24, 20) + field(4, len(next(iter(frames.values()))[0]))
    header += field(5, field(2, model_text.encode())) + field(6, b"calcn_r") + field(6, b"calcn_l")
    for name, q in trials.items():
        one_each = struct.pack(f"<{len(q)}f", *[0.0] * len(q))
        flags = b"".join(field(number, b"\1" * dofs) for number in (2, 3, 4))
        passed = flags + b"".join(field(number, one_each) for number in (5, 6, 7, 8, 9))
        trial = field(1, name.encode()) + field(2, bytes(len(q))) + field(3, len(q)) + field(4, 1 / RATE_HZ)
        header += field(9, trial + field(5, passed))
    header += field(10, 4) + field(13, b"female") + field(14, 1.65) + field(15, 60.0) + field(16, -1)
    body = b"".join(frame for each in frames.values() for frame in each)
    path.write_bytes(struct.pack("<q", len(header)) + header + body)


def write_subject(folder, trials):
    """A woman of 1.65 m and 60 kg whose age is not told, with ``trials`` of coordinates ``(n, 31)`` in our order, on our own model."""
    import nimblephysics

    write_model(make_person(Description("s", 30, "female", 1.65, 60)).model, folder / "model.osim")
    skeleton = nimblephysics.biomechanics.OpenSimParser.parseOsim(str(folder / "model.osim"), "", True).skeleton
    order = [COORDINATES.index(skeleton.getDofByIndex(k).getName()) for k in range(skeleton.getNumDofs())]
    assert order != sorted(order), "an order of its own, or the test shows nothing"
    path = folder / "subject.b3d"
    write_b3d(path, (folder / "model.osim").read_text(), {name: q[:, order] for name, q in trials.items()})
    return path
