"""What eqlib uses on itself, for its users: subjects, laws, the conformance suite."""
