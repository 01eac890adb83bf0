# What the scripts share; they source it. Strict mode, the repository's folder, and steps: each says in a line what it
# does, and a failed one says what to do next.

set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH # without compiled bytecode every start costs a second more

step_name="start" step_remedy="read the message above"

# step WHAT REMEDY: what comes next, and what to do should it fail.
step() {
    step_name=$1 step_remedy=$2
    printf -- '- %s\n' "$1" >&2
}

loudly() { printf '\n!!! %s\n\n' "$*" >&2; }

stop() {
    printf 'failed: %s\nnext: %s\n' "$1" "$2" >&2
    exit "${3:-1}"
}

trap 'stop "$step_name" "$step_remedy" $?' ERR

# The comment at the top of a script is its help.
help() {
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
    exit 0
}

unknown() { stop "$(basename "$0") has no option $1" "script/$(basename "$0") --help" 2; }
