"""The gate before a pool: never too many inside, first come first served, and nobody waits for ever."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothways.crud.gate import Gate


@given(most=st.integers(1, 4), stays=st.lists(st.integers(0, 3), max_size=20), gone=st.sets(st.integers(0, 19)))
def test_so_many_are_in_at_once_in_the_order_in_which_they_came(most, stays, gone):
    """Some go away while they wait, or just when it is their turn."""
    gate, order, inside = Gate(most, 60.0), [], []

    async def one(number, stay):
        await gate.enter()
        try:
            order.append(number)
            inside.append(most - gate._free)
            assert gate.load.in_use <= most
            for _ in range(stay):
                await asyncio.sleep(0)
        finally:
            gate.leave()

    async def run():
        tasks = [asyncio.create_task(one(n, stay)) for n, stay in enumerate(stays)]
        await asyncio.sleep(0)
        for number in sorted(gone & set(range(len(tasks)))):
            tasks[number].cancel()
            await asyncio.sleep(0)
        return await asyncio.gather(*tasks, return_exceptions=True)

    ended = asyncio.run(run())
    assert order == sorted(order)
    assert {n for n, end in enumerate(ended) if end is None} | gone >= set(range(len(stays)))
    assert all(0 < number <= most for number in inside)
    assert tuple(gate.load) == (most, 0, 0)


def test_who_waits_for_too_long_is_sent_away_and_the_next_ones_have_their_own_time():
    async def run():
        gate = Gate(1, 0.5)
        await gate.enter()
        early = asyncio.create_task(gate.enter())
        await asyncio.sleep(0.4)
        late = asyncio.create_task(gate.enter())
        with pytest.raises(TimeoutError):
            await early
        assert gate.load.waiting == 1
        gate.leave()
        await late
        gate.leave()
        assert tuple(gate.load) == (1, 0, 0)

    asyncio.run(run())
