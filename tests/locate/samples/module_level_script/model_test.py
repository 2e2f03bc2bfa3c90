import unittest


class T(unittest.TestCase):
    def test_x(self):
        pass


if __name__ == "__main__":
    unittest.main()
