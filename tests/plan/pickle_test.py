"""A plan that was made in another process is the same plan: equal, of the same hash, and found in a dict."""

import pickle
import subprocess
import sys

from eqlib.o3 import Irreps
from eqlib.ops.tensor_product import plan_tensor_product

WRITE = """
import pickle, sys
from eqlib.o3 import Irreps
from eqlib.ops.tensor_product import plan_tensor_product
sys.stdout.buffer.write(pickle.dumps(plan_tensor_product(Irreps("1o"), Irreps("1o"))))
"""


def test_a_plan_from_another_process_is_found():
    written = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, check=True).stdout
    irreps, plan = pickle.loads(written)
    expected = plan_tensor_product(Irreps("1o"), Irreps("1o"))
    assert (irreps, plan) == expected
    assert hash(plan) == hash(expected[1]) and plan in {expected[1]: 1}
    assert hash(irreps) == hash(expected[0]) and irreps in {expected[0]: 1}
