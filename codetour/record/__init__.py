"""What a run showed, as data: kept beside the tour, read back without trust, walked without a program.

store.save(recording, store.recording_path(tour_file));  store.load(path) -> Recording
replay.RecordedDriver(tour, recording)                   a Driver with no process behind it
plain.plain_tour(tour, recording, sources)               the same tour as linear text
"""
