"""Where training and evaluation start in a repository, why we think so, and how to launch it small.

    Tree -> documents, recipes, packaging -> commands ┐
         -> syntax trees -> facts -> reach            ┴-> ranked entry points -> launch

Nothing of the repository is executed; everything is read with bounds on size, count and time.
"""
