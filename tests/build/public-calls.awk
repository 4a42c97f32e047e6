# Public headers -> calls of every public function, with arguments that a hurried user would give: nothing, numbers out of
# range, a name that does not exist. Used by test_sentences.sh; the calls are macros TRY(name, variant, call) of those that
# may fail, CALL(name, variant, call) of those that return something else or nothing.
function value(type, variant)
{
    if (type ~ /\*|\[/) {
        if (type ~ /^const char \*[a-z_]*$/) return variant == 2 ? "\"nope\"" : "NULL"
        if (variant >= 2 && type ~ /^(const )?fsnn_net \*[a-z_]*$/) return "net"
        if (variant >= 2 && type ~ /^(const )?fsnn_session \*[a-z_]*$/) return "session"
        if (variant >= 2 && type ~ /^(const )?fsnn_data \*[a-z_]*$/) return "data"
        if (variant >= 2 && type ~ /^(const )?fsnn_loader \*[a-z_]*$/) return "loader"
        return "NULL"
    }
    if (type ~ /^fsnn_(shape|axes) /) { sub(/ .*/, "", type); return "(" type "){0}" }
    if (type ~ /^(double|float) /) return variant == 1 ? "NAN" : "0"
    if (type ~ /^bool /) return "0"
    if (type ~ /^fsnn_/) { sub(/ .*/, "", type); return "(" type ")" (variant == 1 ? 99 : 0) }
    # a negative node is an earlier error, which is passed on with its sentence
    if (type ~ /^int (node|of|from|a|b|q|k|v)$/) return variant == 1 ? 2147483647 : 0
    return variant == 1 ? -1 : variant == 3 ? 7 : 0
}
{
    line = line " " $0
}
END {
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
    gsub(/[ \t]+/, " ", line)
    while (match(line, /FSNN_API [a-z0-9_ ]+[ *]fsnn_[a-z0-9_]+\([^;{]*\)[^;{]*;/)) {
        text = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        name = text
        macro = name ~ /^FSNN_API (fsnn_status|int|int64_t) fsnn_/ ? "TRY" : "CALL"
        sub(/^FSNN_API [a-z0-9_ ]+[ *]fsnn_/, "fsnn_", name)
        arguments = name
        sub(/\(.*/, "", name)
        sub(/^[^(]*\(/, "", arguments)
        sub(/\)[^)]*(\([^)]*\))?;$/, "", arguments)
        if (name == "fsnn_error_set" || name == "fsnn_status_name") continue
        count = split(arguments, one, /, */)
        for (variant = 0; variant < 4; variant++) {
            call = ""
            for (i = 1; i <= count; i++)
                if (one[i] != "void") call = call (i > 1 ? ", " : "") value(one[i], variant)
            printf "%s(%s, %d, %s(%s))\n", macro, name, variant, name, call
        }
    }
}
