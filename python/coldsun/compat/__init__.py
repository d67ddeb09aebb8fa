"""Other packages' interfaces on coldsun's engine: a script is ported by changing its import."""
