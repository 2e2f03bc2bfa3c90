"""The screens: only user of Textual. Import what you need from the module; this package imports nothing itself.

A run, from the command line's side:

    from codetour.ui.app import CodetourApp
    from codetour.ui.prepared import Choice, Execution, Prepared, Second, entry_options

    def prepare(progress):                      # a worker thread; may raise CodetourError
        tree = get_tree(spec, progress)         # begin/advance/end draw the phases, check() cancels
        ...
        if len(found) > 1:
            return Choice("Which run?", entry_options(found), then=lambda i, progress: plan(found[i], progress))
        return Prepared(tour, sources, static=..., live=..., execution=Execution(...), root=tree.root, save=...)

    farewell = CodetourApp("karpathy/nanoGPT", prepare).run()
    if farewell is not None and farewell.error is not None:
        fail(farewell.error)

A replay has its driver at once and needs no preparation:

    CodetourApp(tour.title, prepared=Prepared(tour, sources, static=...), driver=recorded).run()

The app paints before `prepare` begins. Leaving cancels the work and awaits `driver.close()`.
"""
