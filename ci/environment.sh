# Sourced, with the extras it needs as arguments: sets PYTHON to an interpreter that has them.
# EQLIB_PYTHON names an environment that is used as it is; otherwise .venv is made on first use and kept.

export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
export PIP_DISABLE_PIP_VERSION_CHECK=1

suitable_python() {
    local candidate
    for candidate in python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "eqlib needs Python 3.11 or newer: neither python3.11 nor python3 on the PATH is one." >&2
    echo "  Install it, or name one: EQLIB_PYTHON=path/to/python $0" >&2
    return 1
}

make_venv() {
    local base
    base="$(suitable_python)" || return
    # Debian ships Python without ensurepip: then the pip at hand fills the environment.
    "$base" -m venv .venv 2>/dev/null || {
        "$base" -m venv --clear --without-pip .venv && "$base" -m pip --python .venv/bin/python install --quiet pip
    }
}

prepare() {
    local extras="$1" stamp
    if [[ -n "${EQLIB_PYTHON:-}" ]]; then
        PYTHON="$(command -v "$EQLIB_PYTHON")" || { echo "EQLIB_PYTHON=$EQLIB_PYTHON is not a command." >&2; return 1; }
        return
    fi
    [[ -x .venv/bin/python ]] || make_venv || return
    PYTHON="$PWD/.venv/bin/python"
    stamp=".venv/installed-$extras"
    cmp --silent pyproject.toml "$stamp" && return
    echo "installing eqlib[$extras] into .venv ..." >&2
    "$PYTHON" -m pip install --quiet --editable ".[$extras]" || return
    cp pyproject.toml "$stamp"
}

prepare "$1"
