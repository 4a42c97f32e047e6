"""completion_terminal.py START SHELL ARGUMENT...: in a real SHELL on a terminal of its own, which begins with the line START, what
unfinished lines become by the tabulator. `fsnn` is on the PATH, and the folder holds a_file.yaml. The exit code is 1 where a line
becomes something else."""
import os
import pty
import select
import shutil
import sys
import time

LINES = (
    ("fsnn insp", "fsnn inspect "),
    ("fsnn eval --confu", "fsnn eval --confusion "),
    ("fsnn eval --on te", "fsnn eval --on test "),
    ("fsnn eval --on=te", "fsnn eval --on=test "),
    ("fsnn train --set training.ep", "fsnn train --set training.epochs="),
    ("fsnn train --set=training.ep", "fsnn train --set=training.epochs="),
    ("fsnn simulate --current const", "fsnn simulate --current constant:"),
    ("fsnn run a.yaml --record v,sp", "fsnn run a.yaml --record v,spikes "),
    ("fsnn inspect a_fi", "fsnn inspect a_file.yaml"),
)
if shutil.which("fsnn-mpi"):
    LINES += (("fsnn-mpi tr", "fsnn-mpi train "), ("fsnn-mpi train --set training.sh", "fsnn-mpi train --set training.shards="))
SECONDS = 60  # for an answer


def started(command):
    """The terminal of a shell."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(PS1="> ", TERM="dumb", HISTFILE="")
        os.execvp(command[0], command)
    return terminal


def becomes(shell, terminal, text, wanted):
    """Types text and waits for what it becomes; then the line is cleared."""
    os.write(terminal, text.encode())
    seen, end = "", time.time() + SECONDS
    while wanted not in seen and time.time() < end:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
    if wanted not in seen:
        print(f"FAILED: {shell}: {text!r}: {wanted!r} is not in {seen!r}")
    os.write(terminal, b"\x15")
    return wanted in seen


def main(start, command):
    shell, terminal = command[0], started(command)
    # the quotes keep the echo of the line from being its answer
    good = [becomes(shell, terminal, f"{start}; echo rea''dy\r", "ready\r\n")]
    good += [becomes(shell, terminal, f"{line}\t", wanted) for line, wanted in LINES]
    os.write(terminal, b"exit\r")
    return not all(good)


sys.exit(main(sys.argv[1], sys.argv[2:]))
