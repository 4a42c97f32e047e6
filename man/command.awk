# What `fsnn help COMMAND` prints, which is made from the tables of options, as a manual page: man(7) on stdout.
# Variables: name (fsnn-train), command (fsnn train, as the usage line has it), summary (one line), version, date.
function clean(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/)
        text = "\\\&" text
    return text
}

function heading(text) { print ".SH " text }

# "-o, --out DIR": the names bold, the argument slanted
function option(text, part, count, i, line)
{
    count = split(text, part, " ")
    line = ""
    for (i = 1; i <= count; i++)
        line = line (i > 1 ? " " : "") (part[i] ~ /^-/ ? "\\fB" : "\\fI") clean(part[i]) "\\fP"
    print ".TP"
    print line
}

BEGIN {
    printf ".TH %s 1 \"%s\" \"fsnn %s\" \"fsnn manual\"\n", toupper(clean(name)), date, version
    heading("NAME")
    print clean(name) " \\- " clean(summary)
}
/^usage: / {
    heading("SYNOPSIS")
    printf "\\fB%s\\fP ", clean(command)
    print clean(substr($0, length("usage: " command " ") + 1))
    part = "usage"
    next
}
part == "usage" && /^ / { sub(/^ */, ""); print clean($0); next }
part == "usage" && /^$/ { part = "details"; heading("DESCRIPTION"); paragraph = 0; next }
/^options:$/ { part = "options"; heading("OPTIONS"); next }
/^examples?:$/ { part = "examples"; heading(toupper(substr($0, 1, length($0) - 1))); print ".nf"; next }
part == "details" && /^$/ { paragraph = 1; next }
part == "details" {
    if (paragraph)
        print ".PP"
    paragraph = 0
    print clean($0)
    next
}
# the help of an option begins in column 25, or on the line below
part == "options" && /^  -/ {
    left = substr($0, 1, 24)
    if (left !~ / $/) { # longer than its column: nothing else stands there
        left = $0
        right = ""
    } else {
        right = substr($0, 25)
    }
    gsub(/^ +| +$/, "", left)
    option(left)
    if (right != "")
        print clean(right)
    next
}
part == "options" && /^ / { sub(/^ */, ""); print clean($0); next }
part == "examples" && !/^$/ { print clean($0) }
END {
    if (part == "examples")
        print ".fi"
    heading("EXIT STATUS")
    print "0: good; 1: the run failed; 2: wrong usage, or an error in the description; 130: interrupted, after saving."
    heading("SEE ALSO")
    print ".BR fsnn (1),"
    print ".BR fsnn\\-description (5)"
}
