"""Reads its standard input."""

name = input("name? ")
print("hello", name)
done = True
