"""Tour files: plain CodeTour `.tour` JSON, with what is ours under one `x-codetour` key per tour and per step.

`read.load` and `write.save` turn files into `Tour` values and back without loss; `document.Document` changes
single values of a file and leaves every other byte alone.
"""
