"""Models, each written once on the layer core and so for every framework."""
