"""A model that needs no network: a text as the words that are in it. Texts of the same words are near to each other."""

import re

import numpy as np

DIMENSION = 64


def embed(text):
    vector = np.zeros(DIMENSION)
    for word in re.findall(r"\w+", text.lower()):
        key = 2166136261
        for letter in word:
            key = ((key ^ ord(letter)) * 16777619) & 0xFFFFFFFF
        vector[key % DIMENSION] += 1
    return (vector / (np.linalg.norm(vector) or 1)).tolist()
