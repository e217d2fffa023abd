import math
from dataclasses import dataclass


@dataclass
class Square:
    side: float


@dataclass
class Circle:
    radius: float


def area(shape):
    match shape:
        case Square(side):
            return side * side
        case Circle(radius):
            return round(math.pi * radius**2, 6)
