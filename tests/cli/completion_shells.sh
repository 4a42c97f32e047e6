#!/bin/sh
# Completion in a real fish and a real zsh: what a line becomes. 77: neither is there.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
scripts=$(realpath completions)
terminal=$(realpath tests/cli/completion_terminal.py)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
HOME=$work XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data PATH=$(dirname "$fsnn"):$PATH
export HOME XDG_CONFIG_HOME XDG_DATA_HOME PATH
failures=0
tried=
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
: >a_file.yaml

# fish says by itself what it would offer
offers()
{
    fish --no-config -c "source $scripts/fsnn.fish; complete -C \"$1\"" >said 2>err || fail "fish: $1: $(cat err)"
    cut -f 1 said | tr '\n' ' ' >words
    [ "$(cat words)" = "$2" ] || fail "fish: \"$1\": \"$(cat words)\", not \"$2\""
}
if command -v fish >/dev/null; then
    tried="$tried fish"
    offers 'fsnn insp' 'inspect '
    offers 'fsnn eval --confu' '--confusion '
    offers 'fsnn eval --on te' 'test '
    offers 'fsnn eval --on=te' '--on=test '
    offers 'fsnn train --set training.ep' 'training.epochs= '
    offers 'fsnn train --set=training.ep' '--set=training.epochs= '
    offers 'fsnn simulate --current const' 'constant: '
    offers 'fsnn run a.yaml --record v,sp' 'v,spikes '
    offers 'fsnn inspect a_fi' 'a_file.yaml '
    offers 'fsnn eval --nothing' ''
    [ -z "${FSNN_MPI:-}" ] || offers 'fsnn-mpi train --set training.sh' 'training.shards= '
    fish --no-config -c "source $scripts/fsnn.fish; complete -C 'fsnn insp'" | grep -q '	what a model' || fail "fish: no word on inspect"
fi

# zsh on a terminal of its own: what a line becomes by the tabulator
if command -v zsh >/dev/null && command -v python3 >/dev/null; then
    tried="$tried zsh"
    start="fpath=($scripts \$fpath); autoload -Uz compinit; compinit -u -D; PS1='> '"
    python3 "$terminal" "$start" zsh -f -i || fail "zsh on a terminal"
fi
[ -n "$tried" ] || { echo "cli/completion_shells: skipped: neither fish nor zsh is there (Debian: fish, zsh)"; exit 77; }
[ $failures -eq 0 ] && echo "completion: all good in$tried"
exit $((failures > 0))
