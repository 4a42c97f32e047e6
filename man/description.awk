# What `fsnn help description` prints, which is made from the tables that read descriptions, as a manual page: Markdown to
# man(7). A table of keys becomes a list, each key with what it accepts, its default and its meaning; another table likewise, each
# cell behind the title of its column. Variables: version, date.
function clean(text)
{
    gsub(/\\\|/, "|", text)
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text
}

# `code` and **strong** bold; of links the text
function inline(text, out, at, end)
{
    while (match(text, /\[[^]`]*\]\([^)]*\)/)) {
        out = substr(text, RSTART, RLENGTH)
        sub(/^\[/, "", out)
        sub(/\]\(.*$/, "", out)
        text = substr(text, 1, RSTART - 1) out substr(text, RSTART + RLENGTH)
    }
    text = clean(text)
    gsub(/\*\*/, "`", text)
    out = ""
    while ((at = index(text, "`"))) {
        end = index(substr(text, at + 1), "`")
        if (!end)
            break
        out = out substr(text, 1, at - 1) "\\fB" substr(text, at + 1, end - 1) "\\fP"
        text = substr(text, at + 1 + end)
    }
    out = out text
    if (out ~ /^[.']/)
        out = "\\\&" out
    return out
}

# The cells of a row into cell[1..]; a bar behind a backslash is one of the text.
function cells(line, cell, count)
{
    gsub(/\\\|/, "\001", line)
    sub(/^\| */, "", line)
    sub(/ *\| *$/, "", line)
    count = split(line, cell, / *\| */)
    for (i = 1; i <= count; i++)
        gsub(/\001/, "|", cell[i])
    return count
}

function row(line, cell, count, i, text)
{
    count = cells(line, cell)
    print ".TP"
    print cell[1] == "" ? "\\&" : inline(cell[1])
    for (i = 2; i <= count; i++) {
        text = cell[i]
        if (text == "")
            continue
        if (tolower(title[i]) == "meaning" || columns == 2)
            print inline(text)
        else
            print "\\fI" inline(title[i]) "\\fP: " inline(text) "."
        if (i < count)
            print ".br"
    }
}

BEGIN {
    printf ".TH FSNN\\-DESCRIPTION 5 \"%s\" \"fsnn %s\" \"fsnn manual\"\n", date, version
    print ".SH NAME"
    print "fsnn\\-description \\- the file that describes a network, its data and its training"
}
/^#+ / {
    level = index($0, " ") - 1
    sub(/^#+ /, "")
    print (level <= 2 ? ".SH " : ".SS ") "\"" (level <= 2 ? toupper(clean($0)) : clean($0)) "\""
    table = after = 0
    fresh = 1 # a paragraph begins by itself
    next
}
/^[^#]/ { fresh = 0 }
/^```/ { literal = !literal; print literal ? ".PP\n.nf" : ".fi"; next }
literal { print clean($0 ~ /^[.']/ ? "\\&" $0 : $0); next }
/^\|[-| :]*\|$/ { next }
/^\|/ && !table { columns = cells($0, title); table = 1; next }
/^\|/ { row($0); next }
/^$/ { after = !fresh; table = 0; next }
/^[-*] / { print ".IP \\(bu 2"; sub(/^[-*] /, ""); print inline($0); after = 0; next }
/^    / { print after ? ".PP\n.nf" : ".nf"; print clean($0); print ".fi"; after = 0; next }
{
    if (after)
        print ".PP"
    after = 0
    print inline($0)
}
END {
    print ".SH SEE ALSO"
    print ".BR fsnn (1),"
    print ".BR fsnn\\-train (1)"
}
