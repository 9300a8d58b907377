"""How a plan becomes a computation: the primitive `contract`, its lowerings, and the rule that chooses one."""

from .choose import explain as explain
from .contract import contract as contract
