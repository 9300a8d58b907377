#!/usr/bin/env bash
# On a machine with a GPU: the laws of every op and the quick check of every op, layer and model, on the device and for
# every lowering; then, and only if they hold, the benchmarks. Writes bench/results/<device>-<date>.json and prints the
# table last. EQLIB_PYTHON names an environment that has jax for the device; else .venv gets jax[cuda12].
# `ci/gpu.sh --rehearse` does the same on a processor, with small benchmarks, and keeps no record.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly WORKERS="${EQLIB_TEST_WORKERS:-8}"

# No test passes because the portable lowering stood in for kernels that do not run.
export EQLIB_KERNELS=require

# What XLA does alike on every device need not be seen on each: transformations, and what needs two devices.
readonly LAWS="(test_conforms and not vmap and not scan and not sharding and not leading_axes) or lowering"

# The ends, in seconds from the start: 8 minutes for all of it where there is a GPU, and many processors beside it.
case "${1:-}" in
    "") extras=all,cuda checks_end=330 end=480 ;;
    --rehearse) extras=all checks_end=2400 end=2700; export JAX_PLATFORMS=cpu ;;
    *) echo "usage: ci/gpu.sh [--rehearse]" >&2; exit 2 ;;
esac
export XLA_PYTHON_CLIENT_PREALLOCATE=false # the workers share one device
export EQLIB_TEST_EFFORT=default           # what the compiler of the device makes of a plan is under test

source ci/environment.sh "$extras"
SECONDS=0 # installation is not counted

device() {
    "$PYTHON" - <<'PROGRAM'
import jax
print(jax.default_backend(), jax.devices()[0].device_kind.replace(" ", "-").lower())
PROGRAM
}

# The options of the project's own test command, but for the checks of annotations, which the device does not change.
laws() {
    timeout --kill-after=10 "$((checks_end - SECONDS))" "$PYTHON" -m pytest -q -n "$WORKERS" --maxfail=20 \
        --override-ini addopts= -p no:eqlib -m "not slow and not deep" --benchmark-disable "$@"
}

read -r backend kind < <(device)
if [[ "$backend" == cpu && "${1:-}" != --rehearse ]]; then
    echo "jax sees no GPU here, only $kind: see 'python -c \"import jax; print(jax.devices())\"'." >&2
    echo "  Install jax for it, for instance pip install 'jax[cuda12]', or rehearse: ci/gpu.sh --rehearse" >&2
    exit 2
fi
"$PYTHON" -m eqlib.cli info

# Every op, layer and model of the table, in its own process for each lowering, beside the laws.
lowerings=("" $("$PYTHON" -c 'from eqlib.lowering.choose import LOWERINGS; print(*LOWERINGS)'))
mkdir -p build
running=()
trap 'kill "${running[@]}" 2>/dev/null || true' EXIT
for lowering in "${lowerings[@]}"; do
    EQLIB_LOWERING="$lowering" timeout --kill-after=10 "$((checks_end - SECONDS))" \
        "$PYTHON" -m proofs --part programs > "build/programs-${lowering:-chosen}.txt" 2>&1 &
    running+=($!)
done

if [[ "$backend" != cpu ]]; then
    echo "==> the self-test of the kernels, and the laws of conv without them"
    "$PYTHON" -c 'from eqlib.lowering.cuda.route import route; route()'
    EQLIB_KERNELS=off laws tests/ops/conv_test.py tests/lowering/contract_indexed_test.py -k "$LAWS"
fi

echo "==> the laws of the ops, and every lowering of a plan"
laws tests/ops tests/lowering -k "$LAWS"
for n in "${!lowerings[@]}"; do
    echo "==> every op, layer and model; lowering: ${lowerings[n]:-the one that suits each path}"
    status=0
    wait "${running[n]}" || status=$?
    cat "build/programs-${lowerings[n]:-chosen}.txt"
    ((status == 0)) || exit "$status"
done

echo "==> the benchmarks"
record="bench/results/$kind-$(date +%F).json"
options=(--json "$record" --verified)
[[ "${1:-}" == --rehearse ]] && options=(--quick)
timeout --kill-after=10 "$((end - SECONDS))" "$PYTHON" -m bench "${options[@]}"
