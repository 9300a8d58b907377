"""The learning curve of the talk: how much less data a model needs that knows how the world is turned."""
