"""Small real data sets labelled by extended tight binding, and what samples, labels, reads and relabels them."""
