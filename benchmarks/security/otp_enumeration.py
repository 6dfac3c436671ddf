"""`make bench-security`: can the time of an answer tell a known phone from an unknown one?

500 requests for a code to phones that have an account and 500 to phones that have none, in random order; then the same
for a wrong code. The area under the ROC curve (Mann-Whitney U over the number of pairs) is the chance that a known phone's
answer takes longer than an unknown one's: 0.5 means nothing can be told. A script and no test: times depend on the machine.
"""

import random
import secrets
import statistics
import time
from collections.abc import Callable

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from accounts.services import find_or_create_contact  # noqa: E402
from accounts.types import IdentityKind  # noqa: E402
from msmebazaar.core import clock  # noqa: E402

EACH = 500
WARM_UP = 40


def area_under_curve(known: list[float], unknown: list[float]) -> float:
    """P(known > unknown) + P(equal) / 2, over all pairs, by ranks."""
    ranked = sorted([(value, True) for value in known] + [(value, False) for value in unknown])
    rank_sum, position = 0.0, 0
    while position < len(ranked):
        ties = position
        while ties < len(ranked) and ranked[ties][0] == ranked[position][0]:
            ties += 1
        mean_rank = (position + 1 + ties) / 2
        rank_sum += mean_rank * sum(is_known for _value, is_known in ranked[position:ties])
        position = ties
    u = rank_sum - len(known) * (len(known) + 1) / 2
    return u / (len(known) * len(unknown))


def some_client() -> APIClient:
    return APIClient(REMOTE_ADDR=".".join(str(1 + secrets.randbelow(254)) for _ in range(4)))


def report(name: str, phones: list[tuple[str, bool]], ask: Callable[[str], None]) -> None:
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, (phone, is_known) in enumerate(phones):
        started = time.perf_counter()
        ask(phone)
        if number >= WARM_UP:
            times[is_known].append(time.perf_counter() - started)
    medians = {is_known: statistics.median(values) * 1000 for is_known, values in times.items()}
    area = area_under_curve(times[True], times[False])
    print(
        f"  {name:<28} AUC {area:.3f}   median known {medians[True]:.2f} ms, unknown {medians[False]:.2f} ms, "
        f"gap {abs(medians[True] - medians[False]):.2f} ms   ({len(times[True])} + {len(times[False])})"
    )


def run() -> None:
    numbers = random.sample(range(10**8), 2 * EACH + WARM_UP)
    phones = [(f"+9196{number:08d}", index < EACH + WARM_UP // 2) for index, number in enumerate(numbers)]
    for phone, is_known in phones:
        if is_known:
            find_or_create_contact(kind=IdentityKind.PHONE, value=phone, language="en", verified_at=clock.now())
    random.shuffle(phones)
    challenges: dict[str, str] = {}
    answers: set[tuple[int, tuple[str, ...]]] = set()

    def ask_for_code(phone: str) -> None:
        answer = some_client().post("/api/v1/auth/otp/", {"phone": phone}, format="json")
        challenges[phone] = answer.json()["data"]["challenge_id"]
        answers.add((answer.status_code, tuple(sorted(answer.headers))))

    def give_wrong_code(phone: str) -> None:
        content = {"challenge_id": challenges[phone], "code": f"{secrets.randbelow(10**6):06d}"}
        some_client().post("/api/v1/auth/token/", content, format="json")

    print("\nOne-time codes, known and unknown phones interleaved:\n")
    report("POST /auth/otp/", phones, ask_for_code)
    report("POST /auth/token/, wrong code", phones, give_wrong_code)
    print(f"  statuses and header names: {len(answers)} kind")


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        run()
    finally:
        connection.close()
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
