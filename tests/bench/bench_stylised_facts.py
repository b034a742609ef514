"""The stylised facts on seeds that no test tunes for.

Run it as ``python -m tests.bench.bench_stylised_facts [seed ...]``; without seeds it takes
6 to 20. The suite itself holds the market to its bands on seeds 1 to 5.
"""

import sys

from tests.sync.sandbox.test_stylised_facts import facts_outside

SEEDS = range(6, 21)


def test_fifteen_more_seeds_show_the_stylised_facts() -> None:
    outside = facts_outside(list(SEEDS), print)
    assert not outside, "\n".join(outside)


if __name__ == "__main__":
    seeds = [int(argument) for argument in sys.argv[1:]] or list(SEEDS)
    for line in facts_outside(seeds, print):
        print(f"outside: {line}")
