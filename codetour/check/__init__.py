"""Every stop of every tour resolved, judged and reported; for CI.

`judge.judge(paths, root)` gives a `Report`; `fix.fix` rewrites what has moved; `formats` writes it for people,
machines, GitHub, SARIF, JUnit and Markdown.
"""
