"""Fuzzes losses, layers and models: values and gradients must be finite.

    python -m tests.fuzz --minutes 10

Batches are nasty but legal: ties, zeros, outputs of any size up to 1e4 times
what is usual, labels at the ends of their range. Everything is compiled once
and tried in turn. The first batch with something that is not finite is made as
small as it goes, printed, and ends the program with status 1.
"""

import argparse
import datetime
import sys
import time

import keras
import numpy as np

from tests.fuzz.targets import targets

# Batches of one target before the next has its turn.
TURN = 50


def main(argv=None):
    """Runs for the time given, or up to the first finding."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument(
        "--seed",
        type=int,
        default=datetime.date.today().timetuple().tm_yday,
        help="default: the day of the year",
    )
    parser.add_argument("--only", default="", help="part of a target's name")
    flags = parser.parse_args(argv)
    found = fuzz(
        [target for target in targets() if flags.only in target.name],
        60 * flags.minutes,
        flags.seed,
    )
    if found:
        print(found)
        sys.exit(1)


def fuzz(chosen, seconds, seed):
    """What was found, as text, or nothing."""
    for target in chosen:
        target.run(*target.draw(np.random.default_rng(0)))  # compiles
    ends, batches, turn = time.monotonic() + seconds, 0, 0
    while time.monotonic() < ends:
        for number, target in enumerate(chosen):
            rng = np.random.default_rng((seed, turn, number))
            for _ in range(TURN):
                batch = target.draw(rng)
                if not is_finite(target, batch):
                    return report(target, batch, seed)
                batches += 1
            if time.monotonic() > ends:
                break
        turn += 1
    print(
        f"{batches:,} batches through {len(chosen)} losses, layers and models "
        f"on {keras.config.backend()}, seed {seed}: all finite."
    )
    return None


def is_finite(target, batch):
    """Whether everything that the target makes of a batch is."""
    return all(np.isfinite(values).all() for values in target.run(*batch))


def report(target, batch, seed):
    """The finding, with simple numbers where these will do."""
    small = [array.copy() for array in batch]
    for array in small:
        rows = range(len(array))
        for place in [..., *rows, *np.ndindex(array.shape)]:
            kept = np.copy(array[place])
            for simpler in (0.0, 1.0, np.round(kept, 1)):
                array[place] = simpler
                if not is_finite(target, small):
                    break
            else:
                array[place] = kept
    lines = [f"{target.name} is not finite (seed {seed}):"]
    lines += [repr(array.tolist()) for array in small]
    lines += [f"-> {values.tolist()}" for values in target.run(*small)]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
