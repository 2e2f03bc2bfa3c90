"""Imports of every kind, from a script beside packages."""
import os
import sys

import pack.deep.leaf as leaf
import pack
from pack import shown
from pack.star import *
from spaces import inner

sys.path.append(os.path.join(os.path.dirname(__file__), "extra"))
import added

try:
    import missing_library
except ImportError:
    from pack import fallback as missing_library

import circle_a

leaf.grow()  #> pack.deep.leaf.grow
pack.shown()  #> pack.impl.shown
shown()  #> pack.impl.shown
starred()  #> pack.star.starred
inner.run()  #> spaces.inner.run
added.go()  #> extra.added.go
missing_library.go()  #> pack.fallback.go
circle_a.run()  #> circle_a.run
