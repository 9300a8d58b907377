"""Proofs about traced programs: one interpreter of jaxprs, over numbers that are never rounded."""
