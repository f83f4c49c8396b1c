"""Two hundred members write for two minutes while everything is killed and cut; then lists are compared.

python -m bench.chaos
python -m bench.chaos --members 50 --seconds 60 --seed 7

The long form of tests/faults/test_conversation.py. The exit status is 1 when anything was lost, doubled or misordered.
"""

import argparse
import asyncio
import sys

from bench import report
from tools import breaking, chatting
from tools.planet import Planet


def rows(outcome: chatting.Outcome, members: int) -> list[report.Row]:
    """What the report shows."""
    return [
        report.Row("Messages written", f"{outcome.messages:,}"),
        report.Row("Changes (messages, edits, deletions, reactions)", f"{outcome.changes:,}"),
        report.Row("Kills, cuts and flushes", f"{outcome.faults}"),
        report.Row("Times a member was cut off and came back", f"{outcome.connections - members:,}"),
        report.Row("Catch-ups over HTTP", f"{outcome.catch_ups:,}"),
        report.Row("From the last fault until everybody had everything", f"{outcome.settled:.0f} s"),
        report.Row("Lost, doubled or misordered", f"{len(outcome.wrong)}", aim="0", holds=not outcome.wrong),
    ]


def main() -> int:
    """Run the storm and report; what was wrong is printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    with Planet(settings={"SEED_DEMO": "false", "WEB_WORKERS": "2"}) as planet:
        # Each writes less often than a few would: the site lets one address knock, and one core answer, so often.
        pause = max(0.6, options.members / 40)
        chatters = chatting.members(planet, "storm", options.members, seed=options.seed, pause=pause)
        faults = list(breaking.everything(planet)) * max(1, options.seconds // 60)
        storm = chatting.storm(chatters, faults, seconds=options.seconds, seed=options.seed, patience=120)
        outcome = asyncio.run(storm)
    report.write(
        "Chaos",
        rows(outcome, options.members),
        note=f"{options.members} members of one group on sockets, each writing, editing, deleting and reacting about "
        f"every {pause:.0f} s for {options.seconds} s while web, realtime, Redis and worker are killed, PostgreSQL's "
        "connections cut, Redis flushed, and members' lines cut; then each member's list is compared with the "
        "database.",
    )
    print("\n".join(outcome.wrong))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
