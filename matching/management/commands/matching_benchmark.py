"""`manage.py matching_benchmark --data DIR --track in|us|ma [--test] --out RUN.tsv`: learn from history, rank what came after."""

import hashlib
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from matching.engine.text import LONGEST_TEXT
from matching.engine.types import DIMENSIONS, Floats, Vectors
from matching.learning.fit import fit
from matching.learning.score import quality
from matching.learning.tracks import CUTS, Track, rank, read_track, replay
from msmebazaar.integrations.embeddings import LocalEmbedder

BATCH = 64


class Command(BaseCommand):
    help = (
        "Trains the ranker on a track's history, ranks its candidates by the engine that serves the product, and writes "
        "investor, company, key (tab-separated). Without --test it also says how good the ranking is. Needs no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="folder with a folder for each track")
        parser.add_argument("--track", choices=sorted(CUTS), required=True)
        parser.add_argument(
            "--test", action="store_true", help="rank the held-out candidates, for the held-out seekers"
        )
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"] / options["track"]
        if not (folder / "history.tsv").exists():
            raise CommandError(f"There is no track in {folder}; the data does not come with the project.")
        started = time.perf_counter()
        cache: Path | None = options["cache"]
        track = read_track(
            folder, is_held_out=options["test"], embed=lambda texts: self._embedded(texts, cache, options["verbosity"])
        )
        embedded = time.perf_counter()
        ranker = fit(f"{track.name}-history", list(replay(track)), source=f"history of track {track.name}")
        fitted = time.perf_counter()
        keys = rank(track, ranker)
        ranked = time.perf_counter()
        self._write(options["out"], track, keys)
        self.stdout.write(
            f"{track.name}: {len(keys)} seekers x {len(track.candidates)} candidates; texts {embedded - started:.0f} s, "
            f"learning {fitted - embedded:.0f} s, ranking {(ranked - fitted) / len(keys) * 1000:.1f} ms a seeker"
        )
        if not options["test"]:
            self._tell(folder, track, keys)

    def _embedded(self, texts: Sequence[str], cache: Path | None, verbosity: int) -> Vectors:
        """Vectors by the local model, kept in `cache` under a name made of the texts."""
        digest = hashlib.sha256("\0".join([LocalEmbedder.model, *texts]).encode()).hexdigest()[:16]
        kept = cache / f"{digest}.npy" if cache else None
        if kept and kept.exists():
            return np.asarray(np.load(kept), dtype=np.float32)
        embedder, found = LocalEmbedder(), np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for start in tqdm(range(0, len(texts), BATCH), unit=f" x {BATCH} texts", disable=verbosity == 0):
            batch = [text[:LONGEST_TEXT] for text in texts[start : start + BATCH]]
            found[start : start + BATCH] = [embedding.vector for embedding in embedder.embed(batch)]
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            np.save(kept, found)
        return found

    def _write(self, out: Path, track: Track, keys: dict[str, Floats]) -> None:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8") as file:
            for seeker, row in keys.items():
                for company, key in zip(track.candidates, row.tolist(), strict=True):
                    file.write(f"{seeker}\t{company['id']}\t{key:.6f}\n")

    def _tell(self, folder: Path, track: Track, keys: dict[str, Floats]) -> None:
        for title, asked, answers in (
            ("warm", "queries.txt", "qrels.tsv"),
            ("cold", "queries_cool.txt", "qrels_cool.tsv"),
        ):
            gone_for: dict[str, set[str]] = {}
            for line in (folder / answers).read_text(encoding="utf-8").splitlines():
                seeker, company, _ = line.split("\t")
                gone_for.setdefault(seeker, set()).add(company)
            seekers = [seeker for seeker in (folder / asked).read_text(encoding="utf-8").splitlines() if seeker in keys]
            if not any(seeker in gone_for for seeker in seekers):
                continue
            found = quality(
                {seeker: keys[seeker] for seeker in seekers},
                [company["id"] for company in track.candidates],
                {seeker: frozenset(companies) for seeker, companies in gone_for.items()},
            )
            self.stdout.write(
                f"  {title}: nDCG@10 {found.ndcg:.4f} [{found.ndcg_interval[0]:.4f}, {found.ndcg_interval[1]:.4f}]  "
                f"Recall@50 {found.recall:.4f} [{found.recall_interval[0]:.4f}, {found.recall_interval[1]:.4f}]  "
                f"reverse nDCG@10 {found.reverse_ndcg:.4f}  Gini {found.gini:.3f}  coverage {found.coverage:.2f}  "
                f"({found.queries} seekers)"
            )
