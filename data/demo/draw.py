"""What the demo clients share: answers on a scale, codes for no answer, tables written the same on every machine."""

import gzip
import io
import zipfile

import numpy as np
import pandas as pd


def normal(rng: np.random.Generator, n: int, correlation: np.ndarray) -> np.ndarray:
    """`(n, factors)` standard normal draws with the given correlation."""
    return rng.standard_normal((n, len(correlation))) @ np.linalg.cholesky(correlation).T


def answers(rng, latent, *, mean, sd=1.7, loading=0.85, scale=(1, 10)) -> np.ndarray:
    """Whole answers on a scale from a standardised latent variable; `loading` is their correlation before rounding."""
    noise = rng.standard_normal(len(latent))
    value = mean + sd * (loading * latent + np.sqrt(1 - loading**2) * noise)
    return np.clip(np.rint(value), *scale).astype(int)


def choice(rng, n: int, shares: dict) -> np.ndarray:
    """`n` draws from `{value: share}`."""
    return rng.choice(np.array(list(shares), dtype=object), n, p=np.array(list(shares.values())))


def put(frame: pd.DataFrame, columns: list, where: np.ndarray, code) -> None:
    """Write a code over answers, such as 99 for "don't know"."""
    for column in columns:
        frame[column] = frame[column].astype(object).mask(where, code)


def nps(score, weight=None) -> float:
    """Share of 9-10 less share of 0-6, in points."""
    score = np.asarray(score, float)
    return 100 * float(np.average((score >= 9).astype(float) - (score <= 6), weights=weight))


def index(frame: pd.DataFrame, scale=(1, 10)) -> pd.Series:
    """Mean of the items as a 0-100 index by the scale's own ends."""
    return 100 * (frame.mean(axis=1) - scale[0]) / (scale[1] - scale[0])


def write_csv(frame: pd.DataFrame, path, *, sep=",", decimal=".", encoding="utf-8") -> None:
    """A csv with the same bytes on every machine; one whose name ends in .gz holds the same bytes when it is unpacked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = frame.to_csv(sep=sep, decimal=decimal, index=False, lineterminator="\n").encode(encoding)
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


def write_xlsx(frame: pd.DataFrame, path, sheet: str) -> None:
    """An xlsx with the same bytes on every machine: fixed dates, and stored, since zlib's packing differs."""
    packed = io.BytesIO()
    with pd.ExcelWriter(packed, engine="xlsxwriter") as book:
        book.book.set_properties({"created": pd.Timestamp("2025-01-01").to_pydatetime()})
        frame.to_excel(book, sheet_name=sheet, index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(packed) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts.read(name))
