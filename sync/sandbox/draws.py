"""Random numbers by address: what is asked decides them, not the order.

Every draw is a hash of (seed, object, time, purpose), by the finaliser of SplitMix64
(Steele, Lea, Flood 2014). So an account asked late, an object added in between, or a
counterfactual played beside the world never shifts anybody's draws.
"""

import functools
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LANES = 1 << 16
_SMALL_RATE = 4.0
_WORST = 20.0
_FURTHER = 20  # a rate below 4 gives 20 or more once in a hundred million draws
_MANY = 300  # above it, one count at a time is cheaper than all at once
_SMALLEST = np.float32(1e-8)  # a probability can lie above what singles sum to


def key(*parts: int) -> int:
    """Mix whole numbers into one 64-bit key."""
    mixed = 0
    for part in parts:
        mixed = (mixed ^ (part & _MASK)) + _STEP & _MASK
        mixed = (mixed ^ mixed >> 30) * int(_FIRST) & _MASK
        mixed = (mixed ^ mixed >> 27) * int(_SECOND) & _MASK
        mixed ^= mixed >> 31
    return mixed


def scramble(keys: Keys) -> Keys:
    """Hash each key to 64 well mixed bits; the argument is left alone."""
    mixed = keys ^ (keys >> np.uint64(30))
    mixed *= _FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def bits(keys: Keys, *purpose: int) -> Keys:
    """Give 64 random bits per key for one purpose (and time)."""
    return scramble(keys + np.uint64(key(*purpose)))


def grid_bits(times: list[int], keys: Keys, purpose: int) -> Keys:
    """Give 64 random bits per time and key; shape (times, keys)."""
    rows = np.uint64(key(purpose)) ^ np.array(times, dtype=np.int64).astype(np.uint64)
    rows = scramble(rows + np.uint64(_STEP))  # as key(purpose, time) of each
    return scramble(rows[:, None] + keys[None, :])


def uniform(random_bits: Keys) -> Floats:
    """Turn bits into numbers strictly between 0 and 1."""
    return ((random_bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def uniform_single(random_bits: Keys) -> Singles:
    """Turn the top 23 bits into singles strictly between 0 and 1."""
    top = (random_bits >> np.uint64(41)).astype(np.float32)
    return (top + np.float32(0.5)) * np.float32(2.0**-23)


def lane(random_bits: Keys, number: int) -> NDArray[np.uint16]:
    """Cut 16 of the 64 bits out: lane 0 to 3.

    They index the tables below.
    """
    sixteenths = np.ascontiguousarray(random_bits, dtype="<u8").view("<u2")
    return np.asarray(sixteenths[..., number::4])


@functools.cache
def normal_table() -> Singles:
    """Quantiles of the standard normal at the 65,536 mid-points."""
    half = [NormalDist().inv_cdf((i + 0.5) / _LANES) for i in range(_LANES // 2)]
    low = np.array(half)
    return np.concatenate([low, -low[::-1]]).astype(np.float32)


@functools.cache
def heavy_table() -> Singles:
    """Quantiles of a Student t with 2 degrees, cut and of sd 1.

    Its tails are heavy, as those of auction prices are.

    The quantile has a closed form for 2 degrees of freedom (Shaw 2006).
    """
    p = (np.arange(_LANES) + 0.5) / _LANES
    quantile = np.clip((2 * p - 1) / np.sqrt(2 * p * (1 - p)), -_WORST, _WORST)
    return np.asarray(quantile / quantile.std(), dtype=np.float32)


def normal(keys: Keys, *purpose: int) -> Floats:
    """Draw a standard normal per key for one purpose."""
    return normal_table()[lane(bits(keys, *purpose), 1)].astype(np.float64)


class DailyNormals:
    """Four standard normals per key and day, drawn some days at a time.

    The same numbers as drawn day by day: small arrays cost more to call for than to fill.
    """

    _AHEAD = 16

    def __init__(self, purpose: int) -> None:
        """Draw for one purpose."""
        self._purpose = purpose
        self._keys: Keys = np.zeros(0, dtype=np.uint64)
        self._first = 0
        self._drawn: Floats = np.zeros((0, 0, 4))

    def of(self, keys: Keys, day: int) -> Floats:
        """Return the day's normals; (4, keys)."""
        place = day - self._first
        if self._keys is not keys or not 0 <= place < len(self._drawn):
            random = grid_bits(list(range(day, day + self._AHEAD)), keys, self._purpose)
            lanes = np.ascontiguousarray(random, dtype="<u8").view("<u2")
            shape = (self._AHEAD, len(keys), 4)
            self._drawn = normal_table()[lanes].astype(np.float64).reshape(shape)
            self._keys, self._first, place = keys, day, 0
        return np.ascontiguousarray(self._drawn[place].T)


def gamma_factor(z: Floats, alpha: Floats | float) -> Floats:
    """Turn normals into gamma factors of mean 1 and variance alpha.

    After Wilson and Hilferty (1931): the cube root of a gamma is nearly normal.
    """
    ninth = np.minimum(alpha, 4.0) / 9
    cube = 1 - ninth + np.sqrt(ninth) * z
    return np.asarray(np.maximum(cube, 0.05) ** 3)


def poisson(rate: Singles, u: Singles) -> NDArray[np.int32]:
    """Poisson quantiles: the count at probability ``u`` for each rate.

    Rising in both arguments, so worlds that share ``u`` differ by their rates only. Small
    rates by inversion, large ones by the normal with its skewness (Cornish and Fisher).
    """
    flat_rate, flat_u = rate.ravel(), u.ravel()
    large = flat_rate >= _SMALL_RATE
    share = np.count_nonzero(large) / max(len(large), 1)
    if share < 0.4:
        counts = _inverted(np.minimum(flat_rate, np.float32(_SMALL_RATE)), flat_u)
        places = np.flatnonzero(large)
        counts[places] = _approximate(flat_rate[places], flat_u[places])
    else:
        counts = _approximate(flat_rate, flat_u)
        places = np.flatnonzero(~large)
        counts[places] = _inverted(flat_rate[places], flat_u[places])
    return counts.reshape(rate.shape)


def _approximate(rate: Singles, u: Singles) -> NDArray[np.int32]:
    z = normal_table()[(u * np.float32(_LANES - 1)).astype(np.int32)]
    count = z * z
    count -= np.float32(1)
    count *= np.float32(1 / 6)
    z *= np.sqrt(rate)
    count += z
    count += rate
    count += np.float32(0.5)
    return np.asarray(np.maximum(count, 0, out=count).astype(np.int32))


def _inverted(rate: Singles, u: Singles) -> NDArray[np.int32]:
    """Count up the distribution: over everything first, then over the few left."""
    term = np.exp(-rate)
    total = term.copy()
    more = u > total
    counts = more.astype(np.int32)
    for count in range(1, 4):
        if np.count_nonzero(more) * 4 < len(more):
            break
        term *= rate
        term /= np.float32(count)
        total += term
        np.greater(u, total, out=more)
        counts += more
    here = np.flatnonzero(more)
    if not len(here):
        return counts
    rate, u, term, total = rate[here], u[here], term[here], total[here]
    serial = counts[here]
    while len(here) > _MANY:
        term *= rate
        term /= serial
        total += term
        more = (u > total) & (term > _SMALLEST)
        here, serial = here[more], serial[more] + 1
        rate, u, term, total = rate[more], u[more], term[more], total[more]
        counts[here] = serial
    if len(here):
        counts[here] += _further(rate, u, term, total, serial)
    return counts


def _further(
    rate: Singles, u: Singles, term: Singles, total: Singles, counts: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Count on from where everything was left, all further counts at once."""
    serial = counts + np.arange(_FURTHER, dtype=np.int32)[:, None]
    terms = rate / serial.astype(np.float32)
    terms[0] *= term
    np.multiply.accumulate(terms, axis=0, out=terms)
    sums = terms.copy()
    sums[0] += total
    np.add.accumulate(sums, axis=0, out=sums)
    more = u > sums
    more &= terms > _SMALLEST
    return np.asarray(np.add.reduce(more, axis=0, dtype=np.int32))
