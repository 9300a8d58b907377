"""The operations: one public function, or one tight family, per file; irreps -> plan -> contract."""
