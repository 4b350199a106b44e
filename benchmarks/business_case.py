"""Speed and memory of the business case: 100,000 draws of the whole Nordlys case, links of 1,000,000 customers."""

import resource
import time

import numpy as np
import pandas as pd

from cxlib.analyses import business_case
from cxlib.engagement import open_client


def nordlys_case(draws: int = 100_000) -> float:
    """Seconds for the case and everything that the notebook shows of it, without reading the tables."""
    engagement = open_client("nordlys")
    links = business_case.customer_links(engagement.customers)
    scale = business_case.index_to_score(engagement.answers)
    start = time.perf_counter()
    case = business_case.build_case(links, engagement.initiatives, engagement.money, score_per_point=scale, draws=draws)
    for show in (business_case.board_answer, business_case.what_matters, business_case.value_parts,
                 business_case.value_by_year, business_case.initiatives, business_case.spend_and_return):  # fmt: skip
        show(case)
    return time.perf_counter() - start


def million_links(n: int = 1_000_000) -> float:
    """Seconds for all links of n customers with tenure and two controls: leaving, margin, cost to serve, wallet."""
    rng = np.random.default_rng(1)
    score = rng.integers(0, 11, n).astype(float)
    group = (score > 6).astype(int) + (score > 8)
    rows = pd.DataFrame({
        "score": score, "years": rng.exponential(6, n), "product": rng.choice(["a", "b", "c", "d"], n),
        "kind": rng.choice(["x", "y"], n), "left": (rng.random(n) < np.array([0.25, 0.12, 0.06])[group]).astype(float),
        "margin": np.array([900.0, 1000.0, 1100.0])[group] * rng.gamma(5, 0.2, n),
        "service": np.array([70.0, 50.0, 45.0])[group] * rng.gamma(4, 0.25, n),
        "share": rng.beta(2, 2, n)})  # fmt: skip
    start = time.perf_counter()
    business_case.customer_links(business_case.Customers(
        rows, score="score", event="left", margin="margin", service_cost="service", share="share", tenure="years",
        controls=["product", "kind"]))  # fmt: skip
    return time.perf_counter() - start


def main() -> None:
    print(f"business case: Nordlys with 100,000 draws   {nordlys_case():6.2f} s   (at most 2 s)")
    print(f"business case: links of 1,000,000 customers {million_links():6.2f} s   (at most 30 s)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 ** 2
    print(f"business case: most memory                  {peak:6.2f} GB  (at most 3 GB)")


if __name__ == "__main__":
    main()
