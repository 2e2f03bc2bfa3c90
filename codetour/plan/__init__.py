"""Graph + entry -> Tour: which places, in what order, with which words. Nothing is executed.

Program (syntax) + CallGraph -> walk: moments in running order -> landmarks: candidates -> choice -> words
"""
