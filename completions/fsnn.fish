# Completion of fsnn and fsnn-mpi in fish: the program itself says what may come next.
function __fsnn_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l joined (string match -r -- '^--[^=]+=' $words[-1])
    for line in ($words[1] --complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (string replace -- "$joined" '' $words[-1])
        else
            echo "$joined$line"
        end
    end
end
complete -c fsnn -f -a '(__fsnn_complete)'
complete -c fsnn-mpi -f -a '(__fsnn_complete)'
