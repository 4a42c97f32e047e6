"""What a process sees: memory that does not grow, other threads that go on, fork, pickled
errors."""

import os
import pickle
import resource
import sys
import threading

from kit import fsnn, inputs, main, np, small, unittest


class Process(unittest.TestCase):
    def test_memory_is_flat(self):
        net, x = small(out=256).wrap(16, 32, training=True, input_gradient=True), inputs(16, 32, 3)
        g = np.ones((16, 32, 256), np.float32)

        def calls(count):
            for _ in range(count):
                net.reset()
                net.forward(x)
                net.backward(g)
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        before = calls(100)
        self.assertLess(calls(1000) - before, 16384)  # KiB; a thousand outputs are 500 MB

    def test_wraps_are_released(self):
        def peak(count):
            for _ in range(count):
                small(out=2000).wrap(50, 20, training=True)
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        before = peak(10)
        self.assertLess(peak(40) - before, 20000)

    def test_other_threads_run_while_c_computes(self):
        """A count that another thread makes goes on within one call of forward."""
        net, x = small(out=2000), inputs(400, 8, 3)
        net.forward(x[:1])
        seen, done = [], threading.Event()

        def count():
            n = 0
            while not done.is_set():
                n += 1
                seen.append(n)
                done.wait(0.0005)

        thread = threading.Thread(target=count)
        thread.start()
        while not seen:
            pass
        old = sys.getswitchinterval()
        sys.setswitchinterval(1000)  # a thread that holds the interpreter keeps it
        try:
            before = len(seen)
            for _ in range(
                20
            ):  # one call is enough but on a machine that has no time for the other thread
                net.reset()
                net.forward(x)
                if (after := len(seen)) > before:
                    break
        finally:
            sys.setswitchinterval(old)
            done.set()
            thread.join()
        self.assertGreater(after, before)

    def test_fork(self):
        net, x = small(), inputs(20, 4, 3)
        expected = net.forward(x)
        child = os.fork()
        if child == 0:
            net.reset()
            os._exit(0 if np.array_equal(net.forward(x), expected) else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_errors_are_pickled(self):
        with self.assertRaises(fsnn.Error) as caught:
            fsnn.Net("no-such-file.yaml")
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertIsInstance(again, OSError)
        self.assertEqual((str(again), again.status), (str(caught.exception), "FSNN_EIO"))
        self.assertIn("no-such-file.yaml", str(again))


main()
