#!/bin/sh
# The include law: who may include whom. check-includes.sh [ROOT]; prints each violation, exit 1 when there is one.
#
# A room is a folder of src/ or one of the others below; a folder within a room belongs to it unless it has a row of its
# own. "room/x.h" names a header of a room, <fsnn/x.h> a public header. Every room may include itself. Headers of
# libraries are free, but for dnnl.h: the dense kernels have one wrapper (and the bench's floor is those kernels bare).
# Headers of C are free; those of the operating system stand in the library's src/base/port_*.c and nowhere else in it,
# so that another system exchanges these files; programs may have them.
cd "${1:-$(dirname "$0")/..}" || exit 2

law='
# who      rooms                                   public headers
base     | -                                     | status file units
tensor   | base                                  | status tensor
format   | base                                  | status file tensor
op       | tensor base                           | status tensor net
equation | base                                  | status
neuron   | equation base                         | status neuron
scan     | neuron equation frac base             | status frac neuron
frac     | tensor base                           | status tensor frac fde fde_solver
net      | op scan neuron equation frac tensor base | status tensor frac neuron layer net
data     | format tensor base                    | status tensor data events graph interpolate series
train    | net data tensor base                  | status tensor frac neuron net data integer train
model    | format net op frac tensor base        | status tensor frac neuron net data events graph interpolate series train model units
exchange | format base                           | status file tensor frac neuron net model exchange
plot     | base                                  | status units plot
integer  | net op scan neuron equation frac tensor base | status tensor frac neuron net integer
export   | integer net op scan neuron equation frac tensor base | status file tensor frac neuron net integer export
session  | model train data plot net frac tensor base | *
cli      | cli/kit                               | *
cli/kit  | -                                     | status file
examples | -                                     | *
playground | cli/convert/web_options.h           | *
bench    | cli/kit                               | *
include  | -                                     | *
'

# Headers of operating systems, beyond those of C: by their names, or by the folder they stand in.
system='aio alloca cpio dirent dlfcn endian execinfo fcntl fnmatch ftw getopt glob grp iconv ifaddrs io langinfo libgen
malloc mntent monetary mqueue ndbm net netdb nl_types paths poll process pthread pty pwd regex sched search semaphore
signal spawn stropts syscall syslog termios ucontext ulimit unistd utime utmpx wait windows winsock2 wordexp
arpa asm asm-generic bits linux mach mach-o machine netinet sys'

files=$(find src cli examples bench include playground -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ -n "$files" ] || { echo "check-includes: no sources under $(pwd)" >&2; exit 2; }

# shellcheck disable=SC2086 # file names of this tree have no spaces
printf '%s' "$law" | awk -v system_headers="$system" '
function trim(s) { gsub(/^ +| +$/, "", s); return s }
function words(list, into, who,   n, w, i) {
    n = split(list, w, " ")
    for (i = 1; i <= n; i++) into[who, w[i]] = 1
}
function room_of(path) {
    sub(/^src\//, "", path)
    while (sub(/\/[^\/]*$/, "", path))
        if (path in known) return path
    return path
}
function in_library() { return part[1] == "src" || part[1] == "include" }
function of_the_system(   base) {
    base = step[1]
    sub(/\.h$/, "", base)
    return !quoted && base in of_system
}
function wrong(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, header, why; bad++ }

BEGIN {
    onednn = "^src/tensor/dense_onednn[^/]*$"
    plain = "^src/tensor/dense_plain[^/]*$"
    split(system_headers, list, "[ \n]+")
    for (i in list) of_system[list[i]] = 1
}

FILENAME == "-" {
    if ($0 !~ /\|/ || /^#/) next
    split($0, column, "|")
    who = trim(column[1])
    known[who] = 1
    words(column[2], room, who)
    words(column[3], public, who)
    next
}

FNR == 1 {
    seen++
    split(FILENAME, part, "/")
    me = room_of(FILENAME)
    if (!(me in known)) { header = "(file)"; wrong("src/" me " is not a room of the law") }
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    header = $0
    sub(/^[^<"]*[<"]/, "", header)
    sub(/[>"].*$/, "", header)
    quoted = $0 ~ /^[^<"]*"/
    n = split(header, step, "/")
    if (step[n] ~ /^dnnl/) {
        if (FILENAME !~ onednn && FILENAME != "bench/floor.h")
            wrong("only src/tensor/dense_onednn* and bench/floor.h may include the dense-kernel library")
    } else if (in_library() && of_the_system() && FILENAME !~ /^src\/base\/port_[^\/]*\.c$/) {
        wrong("what only some systems have stands in src/base/port_*.c, behind headers that say nothing of it")
    } else if (header ~ /^tensor\/dense_/ && FILENAME !~ (header ~ /_onednn/ ? onednn : plain)) {
        wrong("the inside of the dense kernels: their interface is tensor/dense.h")
    } else if (header ~ /(^|\/)\.\.?\//) {
        wrong("no relative paths: write \"room/file.h\"")
    } else if (step[1] == "fsnn") {
        name = step[2]
        sub(/\.h$/, "", name)
        if (!((me, name) in public) && !((me, "*") in public))
            wrong("public header of a room that " me " may not see")
    } else if (n > 1 && room_of(header) in known) {
        of = room_of(header)
        if (of != me && !((me, of) in room) && !((me, header) in room))
            wrong(me " may not include " of)
    } else if (quoted && (part[1] == "src" || part[1] == "cli")) {
        wrong("write \"room/file.h\" or <system.h>")
    } else if (quoted && part[1] == "include") {
        wrong("public headers include <fsnn/...> and system headers only")
    } else if (quoted && n > 1) {
        wrong(me " includes <fsnn/...>, system headers and headers of its own folder only")
    }
}

END {
    if (bad) { printf "check-includes: %d violations of the include law\n", bad; exit 1 }
    printf "check-includes: %d files keep the include law\n", seen
}' - $files
