"""What a load run found, as an HTML page with plots beside it."""

import html
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from benchmarks.traffic import Traffic

BIN_S = 10
Budgets = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Cost:
    """CPU of a route's server, milliseconds a request, beside the baselines that run the same `queries` statements."""

    name: str
    queries: int
    ours_ms: float
    bare_ms: float
    fast_ms: float


@dataclass(frozen=True)
class Run:
    """One open loop. `cores`: part of the market → cores it kept busy on average. `budgets`: name → (share, p95 in seconds)."""

    rate: float
    seconds: float
    traffic: Traffic
    cores: dict[str, float]
    budgets: Budgets

    def keeps_budgets(self) -> bool:
        """p95 within each budget, p99 within twice, no failed request, and the generator itself in time."""
        return not self.traffic.failed() and all(
            self.traffic.quantile(0.95, name) <= budget and self.traffic.quantile(0.99, name) <= 2 * budget
            for name, (_, budget) in self.budgets.items()
        )

    def line(self) -> str:
        parts = ", ".join(
            f"{name} {self.traffic.quantile(0.95, name) * 1000:.0f}/{budget * 1000:.0f}"
            for name, (_, budget) in self.budgets.items()
        )
        count = len(self.traffic.answers)
        return (
            f"{self.rate:.0f}/s: {count} requests, {len(self.traffic.failed())} failed, p95/budget ms: {parts}; "
            f"{sum(self.cores.values()):.2f} cores busy ({', '.join(f'{part} {share:.2f}' for part, share in self.cores.items() if share >= 0.01)}), generator late by {self.traffic.late_s * 1000:.0f} ms at most"
            f"{'' if self.keeps_budgets() else ' - over budget'}"
        )


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def write(
    folder: Path, machine: str, sizes: dict[str, int], costs: Sequence[Cost], steps: Sequence[Run], long: Run
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plot_latencies(folder / "latency.png", long)
    plot_course(folder / "course.png", long)
    plot_costs(folder / "costs.png", costs)
    plot_steps(folder / "steps.png", [*steps, long])
    (folder / "index.html").write_text(page(machine, sizes, costs, steps, long))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + row(head, "th") + "".join(row(cells, "td") for cells in rows) + "</table>"


def page(machine: str, sizes: dict[str, int], costs: Sequence[Cost], steps: Sequence[Run], long: Run) -> str:
    kept = [run for run in [*steps, long] if run.keeps_budgets()]
    best = max(kept, key=lambda run: run.rate, default=None)
    said = (
        f"Every budget is kept up to {best.rate:.0f} requests a second: {best.rate / sum(best.cores.values()):.0f} a second for each "
        f"busy core, generator and all, {best.rate / max(sum(v for k, v in best.cores.items() if k != 'generator'), 0.01):.0f} without it."
        if best
        else "No step kept every budget."
    )
    ms = [
        f"{value * 1000:.0f}"
        for value in (long.traffic.quantile(0.5), long.traffic.quantile(0.95), long.traffic.quantile(0.99))
    ]
    by_route = table(
        ["Route", "Requests", "p50 ms", "p95 ms", "p99 ms", "Budget (p95)", "Kept", "Statuses"],
        [
            [
                name,
                str(sum(long.traffic.statuses(name).values())),
                *(f"{long.traffic.quantile(share, name) * 1000:.0f}" for share in (0.5, 0.95, 0.99)),
                f"{budget * 1000:.0f}",
                "yes" if long.traffic.quantile(0.95, name) <= budget else "no",
                ", ".join(f"{status}: {count}" for status, count in sorted(long.traffic.statuses(name).items())),
            ]
            for name, (_, budget) in long.budgets.items()
        ],
    )
    cost_table = table(
        ["Route", "Queries", "CPU ms", "x bare Django", "x FastAPI + asyncpg"],
        [
            [
                cost.name,
                str(cost.queries),
                f"{cost.ours_ms:.2f}",
                f"{cost.ours_ms / cost.bare_ms:.1f}",
                f"{cost.ours_ms / cost.fast_ms:.1f}",
            ]
            for cost in costs
        ],
    )
    step_table = table(
        ["Rate", "Failed", "Budgets kept", "Cores busy", "of it web", "of it PostgreSQL", "of it generator"],
        [
            [
                f"{run.rate:.0f}/s",
                str(len(run.traffic.failed())),
                "yes" if run.keeps_budgets() else "no",
                f"{sum(run.cores.values()):.2f}",
                *(f"{run.cores.get(part, 0):.2f}" for part in ("web", "postgres", "generator")),
            ]
            for run in [*steps, long]
        ],
    )
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Load, {today()}</title>
<style>body{{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;margin:1rem 0}}
td,th{{padding:.2rem .7rem;border-bottom:1px solid #ccc;text-align:right}}td:first-child,th:first-child{{text-align:left}}img{{max-width:100%}}</style>
<h1>Load, {today()}</h1>
<p>{html.escape(machine)}. Generator, nginx, two web servers, PostgreSQL, Valkey and five workers share it.
{" · ".join(f"{count:,} {name}" for name, count in sizes.items())}.</p>
<h2>{long.rate:.0f} requests a second for {long.seconds / 60:.0f} minutes</h2>
<p>Open loop: each request is due at its own moment and its time counts from then. {len(long.traffic.answers):,} requests,
{len(long.traffic.failed())} failed; p50 {ms[0]} ms, p95 {ms[1]} ms, p99 {ms[2]} ms; the generator was late by
{long.traffic.late_s * 1000:.0f} ms at most; {sum(long.cores.values()):.2f} cores busy.</p>
{by_route}<img src="latency.png" alt="Percentiles by route beside their budgets"><img src="course.png" alt="p95 over the run">
<h2>What the machine bears</h2><p>{said}</p>{step_table}<img src="steps.png" alt="p95 by rate">
<h2>CPU of hot routes beside the same SQL without us</h2>
<p>CPU of the server's processes, one request after the other, median of rounds. The baselines have no authentication, rights,
serializers, limits or envelope.</p>{cost_table}<img src="costs.png" alt="CPU by route">
"""


def plot_latencies(file: Path, run: Run) -> None:
    figure, axes = plt.subplots(figsize=(10, 4))
    names = list(run.budgets)
    for place, (share, color) in enumerate(((0.5, "#9ecae1"), (0.95, "#3182bd"), (0.99, "#08306b"))):
        values = [run.traffic.quantile(share, name) * 1000 for name in names]
        axes.bar(
            [x + (place - 1) * 0.25 for x in range(len(names))], values, 0.25, label=f"p{share * 100:.0f}", color=color
        )
    for x, name in enumerate(names):
        budget = run.budgets[name][1] * 1000
        axes.plot(
            [x - 0.4, x + 0.4], [budget, budget], color="#e6550d", lw=2, label="budget of p95" if x == 0 else None
        )
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel("milliseconds")
    axes.set_yscale("log")
    axes.legend(ncols=4, frameon=False)
    save(figure, file)


def plot_course(file: Path, run: Run) -> None:
    figure, axes = plt.subplots(figsize=(10, 3.5))
    bins: dict[int, list[float]] = {}
    for answer in run.traffic.answers:
        bins.setdefault(int(answer.due_at // BIN_S), []).append(answer.seconds * 1000)
    places = sorted(bins)
    for share, color in ((50, "#9ecae1"), (95, "#3182bd"), (99, "#08306b")):
        values = [
            statistics.quantiles(bins[place], n=100)[share - 1] if len(bins[place]) > 1 else 0 for place in places
        ]
        axes.plot([place * BIN_S for place in places], values, color=color, label=f"p{share}")
    axes.set_xlabel("seconds")
    axes.set_ylabel("milliseconds")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, ncols=3)
    save(figure, file)


def plot_costs(file: Path, costs: Sequence[Cost]) -> None:
    figure, axes = plt.subplots(figsize=(10, 3.5))
    columns = (("ours", [c.ours_ms for c in costs], "#3182bd"), ("bare Django", [c.bare_ms for c in costs], "#9ecae1"),
               ("FastAPI + asyncpg", [c.fast_ms for c in costs], "#bdbdbd"))  # fmt: skip
    for place, (label, values, color) in enumerate(columns):
        axes.bar([x + (place - 1) * 0.27 for x in range(len(costs))], values, 0.27, label=label, color=color)
    axes.set_xticks(range(len(costs)), [cost.name for cost in costs])
    axes.set_ylabel("CPU, ms a request")
    axes.legend(frameon=False, ncols=3)
    save(figure, file)


def plot_steps(file: Path, runs: Sequence[Run]) -> None:
    figure, axes = plt.subplots(figsize=(10, 3.5))
    ordered = sorted(runs, key=lambda run: run.rate)
    for name, (_, budget) in ordered[0].budgets.items():
        values = [run.traffic.quantile(0.95, name) / budget for run in ordered]
        axes.plot([run.rate for run in ordered], values, marker="o", label=name)
    axes.axhline(1, color="#e6550d", lw=2)
    axes.set_xlabel("requests a second")
    axes.set_ylabel("p95 / budget")
    axes.set_yscale("log")
    axes.legend(frameon=False, ncols=4, fontsize=8)
    save(figure, file)


def save(figure: Figure, file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)
