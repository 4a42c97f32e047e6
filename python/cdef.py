"""Makes the C source of the extension module `_fsnn` from the public headers.

    python3 cdef.py CC INCLUDE OUTPUT

The C compiler CC preprocesses every header of INCLUDE/fsnn; what remains, declarations and
constants, is what cffi takes. So there is no second list of functions that could differ from the
headers, and the compiler checks each declaration once more against them.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from cffi import FFI

# Headers of C are left out: cffi knows their types.
SYSTEM_HEADERS = "stdbool.h stddef.h stdint.h stdio.h".split()

# Functions in Python that the library calls. Each gets the handle of a Python object as `user`.
CALLBACKS = """
extern "Python" int fsnn_py_derivative(double t, const double *y, double *dydt, size_t n,
                                       void *user);
extern "Python" int fsnn_py_jacobian(double t, const double *y, double *J, size_t n, void *user);
extern "Python" int fsnn_py_parameter_jacobian(double t, const double *y, double *P, size_t n,
                                               size_t parameters, void *user);
extern "Python" int fsnn_py_event(double t, const double *y, double *value, size_t n, void *user);
extern "Python" int fsnn_py_batch(const fsnn_metrics *metrics, void *user);
extern "Python" int fsnn_py_epoch(const fsnn_metrics *metrics, void *user);
extern "Python" int fsnn_py_progress(int64_t done, int64_t all, void *user);
extern "Python" int fsnn_py_step(int order, int64_t done, void *user);
extern "Python" int fsnn_py_fetch(int64_t index, float *x, void *user);
void free(void *pointer);
"""


def headers(include):
    return sorted(path.name for path in (pathlib.Path(include) / "fsnn").glob("*.h"))


def includes(include):
    return "".join(f"#include <fsnn/{name}>\n" for name in headers(include))


def preprocess(compiler, include):
    """The text of all headers without comments, directives and the headers of C."""
    with tempfile.TemporaryDirectory() as empty:
        for name in SYSTEM_HEADERS:
            (pathlib.Path(empty) / name).touch()
        command = [
            *compiler.split(),
            "-E",
            "-P",
            "-nostdinc",
            "-U__GNUC__",
            "-I",
            empty,
            "-I",
            include,
            "-",
        ]
        done = subprocess.run(command, input=includes(include), text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"cdef.py: {compiler} could not read the headers in {include}:\n{done.stderr}")
    return done.stdout


def constants(include):
    """The numbers that headers give by #define, which the preprocessor has put in their places."""
    found = {}
    for name in headers(include):
        text = (pathlib.Path(include) / "fsnn" / name).read_text()
        found.update(re.findall(r"^#define (FSNN_[A-Z0-9_]+)\s+\(?(-?\d+)\)?$", text, re.M))
    return "".join(f"#define {name} {value}\n" for name, value in sorted(found.items()))


def ffi_of(compiler, include):
    ffi = FFI()
    ffi.cdef(preprocess(compiler, include) + constants(include) + CALLBACKS)
    ffi.set_source("_fsnn", "#include <stdlib.h>\n" + includes(include))
    return ffi


def main(compiler, include, output):
    ffi_of(compiler, include).emit_c_code(output)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
