"""Runs PTX in NumPy: every instruction of a compiled kernel, by every thread of a launch, without a device.

What it says is about the very text that is launched. It refuses what a device would not report: a read or write outside
of an array, a number written twice or never, a warp that does not come together where its threads exchange numbers.
The threads that are furthest behind go first, so those of a warp meet again where their ways join.
"""

import functools
import operator
import re
from typing import NamedTuple

import numpy as np

TYPES = {
    **{f"{kind}{bits}": np.dtype(f"uint{bits}") for kind in "bu" for bits in (16, 32, 64)},
    **{f"s{bits}": np.dtype(f"int{bits}") for bits in (16, 32, 64)},
    "f32": np.dtype("float32"),
    "f64": np.dtype("float64"),
    "f16": np.dtype("uint16"),
    "bf16": np.dtype("uint16"),
    "pred": np.dtype("bool"),
}
REGISTERS = {"%rs": "uint16", "%r": "uint32", "%rd": "uint64", "%f": "float32", "%fd": "float64", "%p": "bool"}
COMPARISONS = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater}
COMPARISONS |= {"ge": np.greater_equal, "neu": np.not_equal, "geu": lambda a, b: ~(a < b)}
BITWISE = {"and": operator.and_, "or": operator.or_, "xor": operator.xor, "shl": operator.lshift}
BITWISE |= {"shr": operator.rshift, "add": operator.add, "sub": operator.sub}
WARP = 32
SPACE = 1 << 40  # the addresses of an argument


class Instruction(NamedTuple):
    """One line: the predicate that guards it, its name with all its suffixes, its operands."""

    guard: str
    name: tuple[str, ...]
    operands: tuple[str, ...]


class Program(NamedTuple):
    """The instructions of a kernel, where its labels are, and the names of its parameters."""

    instructions: tuple[Instruction, ...]
    labels: dict[str, int]
    parameters: tuple[str, ...]
    shared: dict[str, int]  # the array that a block shares, if it does, and its bytes


@functools.cache
def parse(ptx: str) -> Program:
    """Reads the text of one kernel."""
    text = re.sub(r"//[^\n]*", "", ptx)
    header, _, body = text.partition("{")
    instructions, labels = [], {}
    for line in re.split(r"[;\n]", body[: body.rindex("}")]):
        line = line.strip()
        if label := re.fullmatch(r"(\$\w+):", line):
            labels[label[1]] = len(instructions)
        elif line and not line.startswith((".", "{", "}")):
            guard, line = re.match(r"(?:@(!?%p\d+)\s+)?(.*)", line).groups()
            name, _, rest = line.partition(" ") if " " in line else line.partition("\t")
            operands = re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,\s]+", rest)
            instructions.append(Instruction(guard or "", tuple(name.strip().split(".")), tuple(operands)))
    shared = {name: int(size) for name, size in re.findall(r"\.shared[^;]*\s(\w+)\[(\d+)\]", text)}
    assert len(shared) <= 1, "a block shares one array at most"
    return Program(tuple(instructions), labels, tuple(re.findall(r"\.param\s+\.u64\s+(\w+)", header)), shared)


def run(ptx, grid, block, inputs, outputs):
    """The outputs of a launch, [shape, dtype] each, for arrays."""
    return Machine(parse(ptx), grid, block, inputs, outputs).run()


class Shared:
    """What the threads of a block share, in words of 4 bytes; the threads of a warp, between which there is a barrier.

    A thread that reads what another one has written, or writes what another one has read, must have met it in between.
    """

    def __init__(self, blocks, size, threads):
        self.words = np.zeros((blocks, size // 4), np.uint32)
        self.meetings = np.zeros(threads, int)  # how many barriers a thread has passed
        self.written, self.read_by = (np.full((2, *self.words.shape), -1) for _ in range(2))  # (thread, its meetings)

    def _met(self, before, threads, block, word):
        other, then = before[:, block, word]
        assert np.all((other < 0) | (other == threads) | (then < self.meetings[threads])), "no barrier in between"

    def load(self, threads, block, word):
        self._met(self.written, threads, block, word)
        self.read_by[:, block, word] = threads, self.meetings[threads]
        return self.words[block, word]

    def store(self, threads, block, word, bits):
        self._met(self.written, threads, block, word)
        self._met(self.read_by, threads, block, word)
        self.written[:, block, word] = threads, self.meetings[threads]
        self.words[block, word] = bits


class Machine:
    """The registers of all threads of a launch, and the memory that they share."""

    def __init__(self, program, grid, block, inputs, outputs):
        self.program = program
        z, y, x, ty, tx = np.indices((1, grid[1], grid[0], block[1], block[0])).reshape(5, -1)
        del z
        self.special = {"%ctaid.x": x, "%ctaid.y": y, "%tid.x": tx, "%tid.y": ty}
        self.special |= {"%nctaid.x": np.full_like(x, grid[0]), "%nctaid.y": np.full_like(x, grid[1])}
        self.count = len(x)
        self.inputs = [np.ascontiguousarray(a) for a in inputs]
        self.outputs = [np.zeros(shape, dtype) for shape, dtype in outputs]
        self.writes = [np.zeros(z.size, int) for z in self.outputs]
        assert len(program.parameters) == len(self.inputs) + len(self.outputs)
        self.registers = {}
        blocks = np.arange(self.count) // (block[0] * block[1])
        self.block = blocks
        self.shared_bytes = sum(program.shared.values())
        self.shared = Shared(blocks[-1] + 1, self.shared_bytes, self.count)

    def run(self):
        """Runs all threads to their end; every number of every output must have been written once."""
        at, end = np.zeros(self.count, int), len(self.program.instructions)
        joins = sorted({*self.program.labels.values(), end})
        with np.errstate(over="ignore", invalid="ignore"):
            while (first := at.min()) < end:
                self.threads = np.flatnonzero(at == first)
                until = next(n for n in joins if n > first)
                self._run_block(at, first, until)
        for n, writes in enumerate(self.writes):
            assert np.all(writes == 1), f"output {n}: {np.sum(writes == 0)} never written, {np.sum(writes > 1)} twice"
        return self.outputs

    def _run_block(self, at, first, until):
        """Runs the threads that are at an instruction up to where others may join them, or they part."""
        for n in range(first, until):
            instruction = self.program.instructions[n]
            at[self.threads] = n + 1
            goes = self._guarded(instruction.guard)
            if instruction.name[0] in ("bra", "ret"):
                to = self.program.labels[instruction.operands[0]] if instruction.name[0] == "bra" else 1 << 30
                at[self.threads[goes]] = to
                return
            if goes.all():
                self._execute(instruction)
            elif goes.any():
                whole, self.threads = self.threads, self.threads[goes]
                self._execute(instruction)
                self.threads = whole

    def _guarded(self, guard):
        if not guard:
            return np.ones(len(self.threads), bool)
        value = self.read(guard.lstrip("!"), TYPES["pred"])
        return ~value if guard.startswith("!") else value

    # Operands.

    def read(self, name, dtype):
        """An operand of the running threads, its bits read as a dtype."""
        if name in self.program.shared:
            return np.zeros(len(self.threads), dtype)  # where it begins
        if name in self.special:
            return self.special[name][self.threads].astype(dtype)
        if name.startswith("%"):
            value = self.registers[name][self.threads]
            return value if value.dtype == dtype else value.view(dtype)
        if name.startswith(("0f", "0F")):
            return np.full(len(self.threads), np.array([int(name[2:], 16)], np.uint32).view(np.float32))
        if name.startswith(("0d", "0D")):
            return np.full(len(self.threads), np.array([int(name[2:], 16)], np.uint64).view(np.float64))
        bits = int(name, 0) % (1 << 8 * dtype.itemsize)
        return np.full(len(self.threads), np.array([bits], f"uint{8 * dtype.itemsize}").view(dtype))

    def write(self, name, value):
        """Sets a register of the running threads."""
        dtype = np.dtype(REGISTERS[re.match(r"%[a-z]+", name)[0]])
        register = self.registers.setdefault(name, np.zeros(self.count, dtype))
        value = np.broadcast_to(value, len(self.threads))
        register[self.threads] = value if value.dtype == dtype else np.ascontiguousarray(value).view(dtype)

    def memory(self, address, dtype):
        """The array that the running threads address, and which of its numbers; inside of it and aligned."""
        name, _, offset = address.strip("[]").partition("+")
        place = self.read(name, TYPES["u64"]) + np.uint64(int(offset or 0) % (1 << 64))
        argument = int(place[0] // SPACE) - 1
        arrays = [*self.inputs, *self.outputs]
        assert 0 <= argument < len(arrays), f"the address {place[0]:#x} is of no array"
        array = arrays[argument]
        start = place - np.uint64((argument + 1) * SPACE)
        assert np.all(start % array.itemsize == 0) and array.itemsize == dtype.itemsize, "not aligned"
        index = (start // array.itemsize).astype(np.int64)
        assert np.all(index < array.size), f"argument {argument}: {index.max()} is not below {array.size}"
        return argument, array.reshape(-1), index

    # Instructions.

    def _execute(self, instruction):
        name, operands = instruction.name, instruction.operands
        method = getattr(self, f"_{name[0]}", None)
        if method is not None:
            method(name, *operands)
        elif name[0] in BITWISE and name[-1] not in ("f32", "f64"):
            self._bitwise(name, *operands)
        else:
            self._floating(name, *operands)

    def _ld(self, name, to, address):
        dtype = TYPES[name[-1]]
        if name[1] == "shared":
            words = [self.shared.load(self.threads, *place) for place in self.shared_words(address, dtype)]
            self.write(to, np.stack(words, axis=1).view(dtype)[:, 0])
        elif name[1] == "param":
            value = np.uint64((self.program.parameters.index(address.strip("[]")) + 1) * SPACE)
            self.write(to, np.full(len(self.threads), value))
        else:
            argument, array, index = self.memory(address, dtype)
            assert argument < len(self.inputs), "an output is read"
            self.write(to, np.ascontiguousarray(array[index]).view(dtype))

    def shared_words(self, address, dtype):
        """The block, and each word of the numbers that the running threads address in what it shares."""
        name, _, offset = address.strip("[]").partition("+")
        # An address has 32 bits or 64 here.
        start = 0 if name in self.program.shared else self.registers[name][self.threads].astype(np.int64)
        start = np.broadcast_to(start + int(offset or 0), len(self.threads))
        assert np.all((start >= 0) & (start + dtype.itemsize <= self.shared_bytes)), "outside of what is shared"
        assert np.all(start % dtype.itemsize == 0), "not aligned"
        return [(self.block[self.threads], start // 4 + n) for n in range(dtype.itemsize // 4)]

    def _bar(self, name, members):
        assert name == ("bar", "warp", "sync") and int(members) == -1
        self._whole_warps()
        self.shared.meetings[self.threads] += 1

    def _whole_warps(self):
        assert len(self.threads) % WARP == 0, "a warp has parted"
        whole = self.threads.reshape(-1, WARP)
        assert np.all(whole == whole[:, :1] + np.arange(WARP)) and np.all(whole[:, 0] % WARP == 0), "a warp has parted"

    def _st(self, name, address, value):
        if name[1] == "shared":
            dtype = TYPES[name[-1]]
            words = np.ascontiguousarray(self.read(value, dtype)).view(np.uint32).reshape(len(self.threads), -1)
            for n, place in enumerate(self.shared_words(address, dtype)):
                self.shared.store(self.threads, *place, words[:, n])
            return
        argument, array, index = self.memory(address, TYPES[name[-1]])
        assert argument >= len(self.inputs), "an input is written"
        np.add.at(self.writes[argument - len(self.inputs)], index, 1)
        array[index] = self.read(value, TYPES[name[-1]]).view(array.dtype)

    def _cvta(self, name, to, value):
        self.write(to, self.read(value, TYPES["u64"]))

    def _mov(self, name, to, value):
        dtype = TYPES[name[-1]]
        if to.startswith("{"):
            halves = [part.strip() for part in to.strip("{}").split(",")]
            pairs = np.ascontiguousarray(self.read(value, dtype)).view(f"uint{8 * dtype.itemsize // 2}").reshape(-1, 2)
            for n, half in enumerate(halves):
                self.write(half, pairs[:, n].copy())
        elif value.startswith("{"):
            half = np.dtype(f"uint{8 * dtype.itemsize // 2}")
            parts = [self.read(part.strip(), half) for part in value.strip("{}").split(",")]
            self.write(to, np.stack(parts, axis=1).view(dtype)[:, 0])
        else:
            self.write(to, self.read(value, dtype))

    def _cvt(self, name, to, value):
        target, given = name[-2:]
        x = self.read(value, TYPES[given])
        if given == "f16":
            self.write(to, x.view(np.float16).astype(np.float32))
        elif target == "f16":
            self.write(to, x.astype(np.float16).view(np.uint16))
        elif target == "bf16":
            bits = x.view(np.uint32).astype(np.uint64)
            self.write(to, ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16))
        else:
            self.write(to, x.astype(TYPES[target]))

    def _setp(self, name, to, a, b):
        dtype = TYPES[name[-1]]
        self.write(to, COMPARISONS[name[1]](self.read(a, dtype), self.read(b, dtype)))

    def _selp(self, name, to, a, b, predicate):
        dtype = TYPES[name[-1]]
        self.write(to, np.where(self.read(predicate, TYPES["pred"]), self.read(a, dtype), self.read(b, dtype)))

    def _not(self, name, to, value):
        self.write(to, ~self.read(value, TYPES[name[-1]]))

    def _bitwise(self, name, to, a, b):
        dtype = TYPES[name[-1]]
        by = np.dtype("uint32") if name[0] in ("shl", "shr") else dtype
        self.write(to, BITWISE[name[0]](self.read(a, dtype), self.read(b, by).astype(dtype)).astype(dtype))

    def _mul(self, name, to, a, b):
        dtype = TYPES[name[-1]]
        assert name[1] in (("lo", "wide") if dtype.kind in "iu" else ("rn", name[-1])), f"{name} is not known"
        x, y = self.read(a, dtype), self.read(b, dtype)
        if name[1] == "wide":
            x, y = (v.astype(f"{dtype.kind.replace('i', 'int').replace('u', 'uint')}64") for v in (x, y))
        self.write(to, x * y)

    def _mad(self, name, to, a, b, c):
        self._mul(name, to, a, b)
        dtype = TYPES[name[-1].replace("32", "64")] if name[1] == "wide" else TYPES[name[-1]]
        self.write(to, self.read(to, dtype) + self.read(c, dtype))

    def _floating(self, name, to, *operands):
        dtype = TYPES[name[-1]]
        x = [self.read(operand, dtype) for operand in operands]
        if name[0] == "fma":  # rounded once: float64 holds the product of two float32 numbers
            self.write(to, (x[0].astype(np.float64) * x[1] + x[2]).astype(dtype))
        else:
            f = {"add": operator.add, "sub": operator.sub, "neg": operator.neg}[name[0]]
            self.write(to, f(*x))

    def _shfl(self, name, to, value, bits, clamp, members):
        """Each thread gets the number of the thread of its warp whose lane differs in some bits."""
        clamp, members = (self.read(x, TYPES["s32"]) for x in (clamp, members))
        assert name[1:3] == ("sync", "bfly") and np.all(clamp == WARP - 1) and np.all(members == -1)
        self._whole_warps()
        lanes = np.arange(len(self.threads)) ^ self.read(bits, TYPES["s32"])
        self.write(to.split("|")[0], self.read(value, TYPES["b32"])[lanes])
