"""Imports from the standard library and from a package beside it; files, exceptions, an exit code."""

import collections
import contextlib
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import io
import itertools
import json
import math
import os
import pathlib
import random
import re
import statistics
import string
import struct
import sys
import textwrap
import zlib

from package import shapes

print(sys.argv[1:], sys.version_info[:2], sys.platform)


@dataclasses.dataclass(order=True)
class Item:
    price: decimal.Decimal
    name: str = dataclasses.field(compare=False)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


items = [Item(decimal.Decimal("2.50"), "fig"), Item(decimal.Decimal("0.75"), "apple")]
print(min(items), sum(item.price for item in items), Colour(2), [c.name for c in Colour])
print(shapes.area(shapes.Square(3)), shapes.area(shapes.Circle(1)))
print(collections.Counter("mississippi").most_common(2), list(itertools.pairwise("abcd")))
print(fractions.Fraction(3, 4) + fractions.Fraction(1, 6), math.comb(40, 20), 2**200)
print(functools.reduce(lambda a, b: a * b, range(1, 21)), statistics.median([3, 1, 2]))
print(datetime.datetime(2024, 2, 29) + datetime.timedelta(days=366), datetime.date(2000, 1, 1).isoweekday())
print(hashlib.sha256(b"ermine").hexdigest()[:16], zlib.crc32(b"ermine"), len(zlib.compress(b"a" * 10_000)))
print(struct.pack(">IhQ", 1, -2, 3).hex(), re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"))
print(textwrap.fill("the quick brown fox jumps over the lazy dog", 20), string.capwords("a b"))
random.seed(42)
print(random.randint(0, 10**6), random.choice("abcdef"), [random.random() < 0.5 for _ in range(5)])
print(f"{math.pi:.10f} {1e-7:g} {0.1 + 0.2!r} {12345678:,} {'ü':>4} {255:#x}")

work = pathlib.Path("/work")
work.mkdir()
rows = [["name", "price"], *([item.name, str(item.price)] for item in items)]
with open(work / "items.csv", "w", newline="") as file:
    csv.writer(file).writerows(rows)
print(list(csv.DictReader(io.StringIO((work / "items.csv").read_text()))))
(work / "data.json").write_text(json.dumps({"b": [1, 2.5, None], "a": "ü"}, sort_keys=True))
print((work / "data.json").read_text(), (work / "data.json").stat().st_size)
with open(work / "binary", "w+b") as file:
    file.write(bytes(range(256)) * 300)
    file.seek(-3, os.SEEK_END)
    print(file.read(), file.tell())
    file.truncate(1000)
os.rename(work / "binary", work / "renamed")
print(sorted(os.listdir(work)), (work / "renamed").stat().st_size)
print([(root, sorted(names)) for root, _, names in os.walk("/work")])

for attempt in [
    lambda: open("/missing"),
    lambda: os.rmdir(work),
    lambda: {}["key"],
    lambda: 1 / 0,
    lambda: int("x"),
]:
    try:
        attempt()
    except OSError as error:
        print(type(error).__name__, error.strerror)
    except Exception as error:
        print(type(error).__name__, error)


print("outside:", os.path.exists("/../outside"), os.getcwd(), dict(os.environ).get("HOME"))


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print(deep(150))
for path in work.iterdir():
    path.unlink()
work.rmdir()
with contextlib.suppress(SystemExit):
    sys.exit("suppressed")
print("the end", flush=True)
sys.exit(3)
