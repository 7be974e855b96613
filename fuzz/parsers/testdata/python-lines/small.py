import numpy as np
try:
    from spam import eggs
except ImportError:
    eggs = None
pytest.importorskip("scipy")

@decorator
def f(x, *, y=(1, 2)):
    """text
    """
    return f"{x!r}" + r'\d' \
        + b"z"
Extension("spam._core", sources=["a.c"])
