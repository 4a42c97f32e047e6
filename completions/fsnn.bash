# Completion of fsnn and fsnn-mpi in bash: the program itself says what may come next.
_fsnn()
{
    local words=() breaks=1 i word line before reply
    for ((i = 1; i <= COMP_CWORD; i++)); do # bash parts words at = and :, the program does not
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] ]]; then
            words[${#words[@]} - 1]+=$word breaks=
        elif [[ -z $breaks ]]; then
            words[${#words[@]} - 1]+=$word breaks=1
        else
            words+=("$word")
        fi
    done
    word=${words[-1]} before=${words[-1]%"${word##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o filenames -o nospace
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${word##*[=:]}")
            continue
        fi
        reply=${line%%$'\t'*}
        [[ $reply == *[=:] ]] && compopt -o nospace
        COMPREPLY+=("${reply#"$before"}")
    done < <("${COMP_WORDS[0]}" --complete "${words[@]}" 2>/dev/null)
}
complete -F _fsnn fsnn fsnn-mpi
