"""Late interaction by hand, on vectors of two dimensions."""

import numpy as np
import pytest

from app.late import PREFIX, late_scores, question_tokens, unit
from ingest.catalog import Window
from ingest.embed import Embedded

ZERO = np.zeros(2, np.float32)


def vectors(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, np.float32)


def window(*rows: tuple[float, float]) -> Window:
    return Window("w", "p", 0, 1, vectors(*rows), np.arange(len(rows)))


def question(*rows: tuple[float, float]) -> Embedded:
    tokens = vectors(*rows)
    return Embedded(tokens[0], tokens, np.arange(len(rows)))


@pytest.mark.parametrize(
    ("asked", "windows", "expected"),
    [
        ([(1, 0)], [[(1, 0)]], [[1]]),
        ([(1, 0)], [[(0, 1)]], [[0]]),
        ([(1, 0)], [[(-5, 0)]], [[-1]]),
        ([(1, 0)], [[(0, 1), (3, 0)]], [[1]]),  # the best token counts, whatever its length
        ([(1, 0), (0, 1)], [[(1, 0)], [(0, 2), (1, 0)]], [[1, 0], [1, 1]]),
        ([(1, 0)], [[(3, 4)]], [[0.6]]),
    ],
)
def test_every_question_token_takes_its_best(
    asked: list[tuple[float, float]], windows: list[list[tuple[float, float]]], expected: list[list[float]]
) -> None:
    scores = late_scores(vectors(*asked), [window(*rows) for rows in windows], ZERO)
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_the_mean_is_subtracted() -> None:
    scores = late_scores(vectors((1, 0)), [window((2, 5), (1, 6))], np.array([1, 5], np.float32))
    np.testing.assert_allclose(scores, [[1]], atol=1e-6)


def test_no_windows_and_no_length() -> None:
    assert late_scores(vectors((1, 0), (0, 1)), [], ZERO).shape == (0, 2)
    assert unit(vectors((0, 0), (0, 3))).tolist() == [[0, 0], [0, 1]]


def test_the_prefix_and_the_end_are_no_part_of_the_question() -> None:
    """Where nothing was learned for the model, tokens are centred, scaled and weigh the same."""
    marks: list[tuple[float, float]] = [(9, 9)] * PREFIX
    tokens, weights = question_tokens(question(*marks, (3, 1), (1, 5), (9, 9)), np.array([1, 1], np.float32), None)
    np.testing.assert_allclose(tokens, [[1, 0], [0, 1]], atol=1e-6)
    np.testing.assert_allclose(weights, [0.5, 0.5])
