"""A task that the tiny random model learns in a few steps, and runs that are killed."""

import operator
import signal
import subprocess
import sys
import time


def letters_reward(completions, **_):
    """Reward letters, of which a random model writes some."""
    letters = [[c for c in text if c.isascii() and c.isalpha()] for text in completions]
    return [len(found) / 12 for found in letters]


def learn_letters(patch=setattr, patch_item=operator.setitem):
    """Have letters rewarded as trees are, in completions that all count as ended.

    A test gives the functions of its `monkeypatch`; a process of its own needs none.
    """
    from p4ir.grpo import trainer
    from p4ir.grpo.rewards import REWARDS

    patch(trainer, "is_cut", lambda ids, ends: False)
    patch_item(REWARDS, "tree_similarity", letters_reward)


def run_and_kill(code, arguments, checkpoint, folder=None):
    """Run Python code in another process; kill it as soon as it has written a checkpoint."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stderr=subprocess.DEVNULL, cwd=folder
    )
    state = checkpoint / "trainer_state.json"
    try:
        deadline = time.monotonic() + 600
        while not state.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert state.exists()
