"""One file to give away: an HTML page, Markdown, a notebook, a plain `.tour`, or a bundle that replays anywhere.

`card.cards` turns a tour, its recording and its sources into plain texts, redacted; the writers only lay them out.
"""
