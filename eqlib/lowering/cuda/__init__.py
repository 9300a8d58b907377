"""Plans over edges as generated CUDA kernels.

    schedule.py     which threads compute what: from a plan over edges, without a device
    blocks.py       how large the blocks are: the table to tune
    source.py       the text of a kernel; scalars.py, its arithmetic in each dtype; segment_sum.py, the second kernel
    nvrtc.py        the compiler, from a package of pip; cache.py keeps what it made
    launch.py       how XLA runs a kernel
    contraction.py  the lowering: arrays to kernels and back
    route.py        whether this process can take it, and the one warning if not

No kernel has run on a device yet. The compiled kernels run in the tests instruction by instruction, in NumPy.
"""
