from __future__ import annotations

import pytest

from codetour.ui.path_pane import _cut


@pytest.mark.parametrize(
    ("symbol", "width", "shown"),
    [
        ("GPT.forward", 20, "GPT.forward"),
        ("GraphAttentionLayer.forward", 16, "GraphAt….forward"),
        ("GraphAttentionLayer.forward", 9, "forward"),
        ("a_function_with_a_long_name", 10, "a_functio…"),
    ],
)
def test_the_name_that_is_called_is_kept_longest(symbol: str, width: int, shown: str) -> None:
    assert _cut(symbol, width) == shown
    assert len(_cut(symbol, width)) <= width
