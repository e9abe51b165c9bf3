"""Computes statistics.json, against which the statistics of lambda/core are checked: by SciPy and NumPy, and by no line of this project.

    python3 -m venv build/venv && build/venv/bin/pip install scipy==1.17.1 numpy==2.4.6
    build/venv/bin/python test/golden/statistics.py            # writes statistics.json beside this file
    build/venv/bin/python test/golden/statistics.py --check    # compares instead; exit status 1 where they differ

Fisher's exact test: scipy.stats.fisher_exact(alternative='greater'). Percentiles: numpy.percentile, whose default is linear interpolation.
Verdicts follow docs/checks/metric.md, written down here once more.
"""

import json
import math
import pathlib
import sys

import numpy
import scipy.stats

HERE = pathlib.Path(__file__).parent
FILE = HERE / "statistics.json"

# Relative, which is what --check allows for another build of the same library on another machine.
TOLERANCE = 1e-10


def fisher(first, second):
    table = [[first["hits"], first["total"] - first["hits"]], [second["hits"], second["total"] - second["hits"]]]
    return float(scipy.stats.fisher_exact(table, alternative="greater").pvalue)


def count(hits, total):
    return {"hits": hits, "total": total}


def fisher_cases(random):
    chosen = [
        # Tables small enough to be counted by hand.
        (count(0, 0), count(0, 0)), (count(0, 5), count(0, 5)), (count(5, 5), count(5, 5)), (count(1, 1), count(0, 1)),
        (count(3, 4), count(1, 4)), (count(4, 4), count(0, 4)), (count(0, 4), count(4, 4)), (count(8, 10), count(1, 6)),
        # Around the limit of 5 in 100, from both sides.
        (count(5, 100), count(0, 100)), (count(4, 100), count(0, 100)), (count(12, 1000), count(4, 1000)), (count(11, 1000), count(4, 1000)),
        # What a release looks like.
        (count(58, 1204), count(3, 1188)), (count(3, 1188), count(58, 1204)), (count(7, 1500), count(66, 13500)), (count(75, 1500), count(13, 13500)),
        # Millions.
        (count(1200, 1_000_000), count(1000, 1_000_000)), (count(1000, 1_000_000), count(1200, 1_000_000)), (count(52_000, 5_000_000), count(50_000, 5_000_000)),
        (count(999_000, 1_000_000), count(998_900, 1_000_000)), (count(2, 3_000_000), count(1, 9_000_000)), (count(10_100, 2_000_000), count(90_000, 18_000_000)),
        # Tails.
        (count(400, 1000), count(20, 1000)), (count(1000, 10_000), count(200, 10_000)), (count(500, 500), count(0, 500)), (count(1500, 100_000), count(300, 100_000)),
        # Sizes that differ.
        (count(30, 40), count(1000, 1_000_000)), (count(1, 1_000_000), count(40, 40)), (count(6, 7), count(2, 5000)),
    ]
    drawn = []
    for _ in range(160):
        totals = [int(10 ** random.uniform(0.5, 6.5)) for _ in range(2)]
        rate = 10 ** random.uniform(-4, -0.05)
        rates = [min(1.0, rate * random.uniform(0.9, 1.3)), rate]
        drawn.append(tuple(count(int(random.binomial(total, each)), total) for total, each in zip(totals, rates)))
    cases = []
    for first, second in chosen + drawn:
        p = fisher(first, second)
        # Below that a double has no digits left.
        if p > 1e-300:
            cases.append({"first": first, "second": second, "p": p})
    return cases


def percentile_cases(random):
    lists = [[5.0], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 1.0], [-3.5, 0.25, 12.0], [1e-9, 1e9]]
    lists += [[float(value) for value in random.lognormal(3, 1, size)] for size in (7, 100, 1000)]
    lists += [[float(value) for value in random.integers(0, 20, size)] for size in (50, 400)]
    cases = []
    for values in lists:
        counted = {}
        for value in values:
            counted[value] = counted.get(value, 0) + 1
        weighted = [{"value": value, "count": times} for value, times in counted.items()]
        results = [{"percentile": each, "result": float(numpy.percentile(values, each))} for each in (0, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 100)]
        cases.append({"values": weighted, "results": results})
    return cases


def rate_verdict(case):
    new, old = case["first"], case["second"]
    if min(new["total"], old["total"]) < case["minSamples"]:
        return "inconclusive"
    difference = new["hits"] / new["total"] - old["hits"] / old["total"]
    significant = fisher(new, old) <= case["significance"] / case["looks"]
    return "fail" if significant and difference > case["maxIncrease"] else "pass"


def rate_cases():
    plain = {"significance": 0.05, "looks": 1, "maxIncrease": 0.005, "minSamples": 100}
    cases = []
    for changes in (
        {"first": count(58, 1204), "second": count(3, 1188)},
        {"first": count(3, 1188), "second": count(58, 1204)},
        {"first": count(5, 100), "second": count(0, 100)},
        {"first": count(4, 100), "second": count(0, 100)},
        {"first": count(99, 99), "second": count(0, 100)},
        {"first": count(100, 100), "second": count(0, 99)},
        {"first": count(0, 100), "second": count(0, 100)},
        # Significant, and too small to matter.
        {"first": count(1200, 1_000_000), "second": count(1000, 1_000_000)},
        {"first": count(6000, 1_000_000), "second": count(1000, 1_000_000)},
        {"first": count(6001, 1_000_000), "second": count(1000, 1_000_000)},
        # One look, and ten: each has a tenth.
        {"first": count(12, 1000), "second": count(2, 1000)},
        {"first": count(12, 1000), "second": count(2, 1000), "looks": 10},
        {"first": count(20, 1000), "second": count(2, 1000), "looks": 10},
        {"first": count(20, 1000), "second": count(2, 1000), "looks": 10, "significance": 0.001},
    ):
        case = {**plain, **changes}
        cases.append({**case, "verdict": rate_verdict(case)})
    return cases


def computed():
    random = numpy.random.Generator(numpy.random.PCG64(20260105))
    return {
        "madeBy": f"statistics.py with scipy {scipy.__version__}, numpy {numpy.__version__}",
        "fisher": fisher_cases(random),
        "percentiles": percentile_cases(random),
        "rates": rate_cases(),
    }


def differences(one, other, place=""):
    """Places at which two documents differ; numbers may by the tolerance."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for key in one for found in differences(one[key], other[key], f"{place}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for index, pair in enumerate(zip(one, other)) for found in differences(*pair, f"{place}[{index}]")]
    if isinstance(one, float) and isinstance(other, (int, float)) and math.isclose(one, other, rel_tol=TOLERANCE):
        return []
    return [] if one == other else [f"{place}: {one} in the file, {other} computed"]


def main():
    document = computed()
    if "--check" in sys.argv[1:]:
        found = differences(json.loads(FILE.read_text()), json.loads(json.dumps(document)))
        print("\n".join(found) or f"{FILE.name} is what {document['madeBy'].split(' with ')[1]} says")
        sys.exit(1 if found else 0)
    lines = [f'  "madeBy": {json.dumps(document["madeBy"])}']
    for name in ("fisher", "percentiles", "rates"):
        lines.append(f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(case)}" for case in document[name]) + "\n  ]")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
