# A public header, with its comments as doxygen wants them: /** before what they tell of, /**< behind it. Titles of parts
# ("/* ---- Build ----") stay what they are.
NR == 1 && sub(/^\/\* fsnn\/[a-z_0-9]*\.h: /, "/** @file\n * ") { print; next }
# `word` of a comment; C has none
{
    while (match($0, /`[A-Za-z_0-9.*]+`/))
        $0 = substr($0, 1, RSTART - 1) "<code>" substr($0, RSTART + 1, RLENGTH - 2) "</code>" substr($0, RSTART + RLENGTH)
}
# in a comment that goes on: a line of it, or its end
open { print; open = !/\*\//; next }
/^ *\/\* -+/ { print; open = !/\*\//; next }
/^ *\/\*[^*]/ { sub(/\/\*/, "/**"); print; open = !/\*\//; next }
/[;,{)] *\/\*[^*]/ || /[a-zA-Z_0-9\]] +\/\*[^*]/ {
    if (!/^#/ && !/\{ *\/\*/)
        sub(/\/\*/, "/**<")
    open = !/\*\/ *$/
    print
    next
}
{ print }
