"""Event files of TensorBoard: read back record by record, with their checksums."""

import pathlib
import struct
import tempfile

from kit import fsnn, main, np, unittest

LAYERS = [{"linear": {"out": 3}}, {"lif": {"tau": {"value": 2.0, "learn": True}}}]


def crc(data):
    """CRC-32C, bit by bit."""
    sum = 0xFFFFFFFF
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = sum >> 1 ^ (0x82F63B78 if sum & 1 else 0)
    return sum ^ 0xFFFFFFFF


def masked(data):
    sum = crc(data)
    return ((sum >> 15 | sum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    data = pathlib.Path(path).read_bytes()
    while data:
        length, check = struct.unpack("<QI", data[:12])
        assert check == masked(data[:8])
        message = data[12 : 12 + length]
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked(message)
        yield message
        data = data[16 + length :]


def varint(data):
    value = shift = 0
    for count, byte in enumerate(data, 1):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, data[count:]


def fields(data):
    """(number, value) of a message: doubles and floats, whole numbers, bytes."""
    while data:
        key, data = varint(data)
        kind, number = key & 7, key >> 3
        if kind == 0:
            value, data = varint(data)
        elif kind in (1, 5):
            size, form = (8, "<d") if kind == 1 else (4, "<f")
            value, data = struct.unpack(form, data[:size])[0], data[size:]
        else:
            length, data = varint(data)
            value, data = data[:length], data[length:]
        yield number, value


def points(path):
    """(step, {tag: number}) of each event with numbers."""
    found = []
    for event in map(lambda r: dict(fields(r)), records(path)):
        if 5 in event:
            values = [dict(fields(v)) for n, v in fields(event[5]) if n == 1]
            found.append((event.get(2, 0), {v[1].decode(): v[2] for v in values}))
    return found


class Board(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "deep" / "run"

    def test_the_checksum_is_that_of_rfc_3720(self):
        self.assertEqual(crc(b"123456789"), 0xE3069283)

    def test_numbers(self):
        with fsnn.TensorBoard(self.folder) as board:
            board.add(0, {"a": 1.5})
            board.add(300, {"a": -2.0, "nan": float("nan"), "ünder/b": 0.25})
            board.add(301, {"inf": float("inf")})
            self.assertRaises(ValueError, board.add, -1, {"a": 1.0})
        first = dict(fields(next(records(board.path))))
        self.assertEqual(first[3], b"brain.Event:2")
        self.assertEqual(points(board.path), [(0, {"a": 1.5}), (300, {"a": -2, "ünder/b": 0.25})])
        self.assertRaises(ValueError, board.add, 1, {"a": 1.0})

    def test_a_training(self):
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, 60)
        x = (rng.random((60, 6)) + 3 * np.eye(3)[y].repeat(2, 1)).astype(np.float32)
        net, seen = fsnn.Net(input=[6], layers=LAYERS, dynamics={"alpha": 0.8}), []
        with fsnn.TensorBoard(self.folder) as board:

            def epoch(m):
                seen.append(m)
                board.epoch(m)

            net.train(
                (x, y),
                (x, y),
                on_epoch=epoch,
                on_batch=board.batch,
                epochs=2,
                batch=20,
                encoder={"steps": 4},
                terms={"quiet": {"of": "rate", "max": 0.1}},
            )
        found = points(board.path)
        batches = [step for step, tags in found if "batch/loss" in tags]
        epochs = [(step, tags) for step, tags in found if "loss/training" in tags]
        self.assertEqual(batches, [1, 2, 3, 4, 5, 6])
        self.assertEqual([step for step, _ in epochs], [1, 2])
        tags = epochs[1][1]
        expected = {
            "loss/training": seen[1].loss,
            "loss/watched": seen[1].test_loss,
            "accuracy/watched": seen[1].test_accuracy,
            "rate/lif1": seen[1].rates["lif1"],
            "gradient/linear1": seen[1].figures["gradient.linear1"],
            "neurons/lif1.tau": seen[1].figures["lif1.tau"],
            "term/quiet": seen[1].figures["term.quiet"],
        }
        for tag, number in expected.items():
            self.assertAlmostEqual(tags[tag], number, 5, tag)


main()
