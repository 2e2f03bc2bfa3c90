def test_train():
    pass
