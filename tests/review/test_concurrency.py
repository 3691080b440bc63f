"""Two reviewers at once, and processes that are killed in the middle of a save."""

import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from p4ir.errors import StaleRuleError
from p4ir.review import Draft, ReviewStore
from tests.review.conftest import HANDLE, WIDTH

ID = "code/1.1"
RULES = 60

APPROVE_ALL = """
import sys
from p4ir.review import ReviewStore
store = ReviewStore(sys.argv[1], create=False)
print("ready", flush=True)
for rule in store.find(status="draft"):
    saved = store.set_status(rule.id, "approved", version=rule.version, author="Ann")
    print(saved.id, flush=True)
"""

IMPORT_MANY = """
import sys
from p4ir import parse_rule
from p4ir.review import Draft, ReviewStore
store = ReviewStore(sys.argv[1], create=False)
rule = parse_rule("if(exist(lamp)),then(obligation(is(lamp,lit)))")
print("ready", flush=True)
store.add([Draft(clause=f"Lamp {n} is lit.", id=f"lamp/{n}", rule=rule) for n in range(5000)], "A")
"""


def edit_twenty_times(path, author):
    store = ReviewStore(path, create=False)
    saved = 0
    while saved < 20:
        seen = store.get(ID)
        try:
            store.edit(seen.id, seen.rule, version=seen.version, author=author)
            saved += 1
        except StaleRuleError:
            pass


def in_processes(work, *arguments):
    """Call a function once for each tuple of arguments, in processes of their own."""
    forking = multiprocessing.get_context("fork")
    children = [forking.Process(target=work, args=each) for each in arguments]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    return [child.exitcode for child in children]


def start(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def is_sound(path):
    """Say whether SQLite finds the file in order, and each rule is as its last edit left it."""
    with sqlite3.connect(path) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchone()[0]
        wrong = connection.execute(
            "SELECT count(*) FROM rules LEFT JOIN edits ON rule_key = key "
            "AND edits.version = rules.version WHERE edits.status IS NOT rules.status"
        ).fetchone()[0]
        missing = connection.execute(
            "SELECT count(*) FROM rules WHERE version != "
            "(SELECT count(*) FROM edits WHERE rule_key = key)"
        ).fetchone()[0]
    return (checked, wrong, missing) == ("ok", 0, 0)


def test_of_several_reviewers_who_approve_at_once_one_does_and_the_others_are_told(store):
    def approve(name):
        try:
            return store.set_status(ID, "approved", version=1, author=name).author
        except StaleRuleError as error:
            return error

    names = [f"reviewer {n}" for n in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(approve, names))
    winners = [result for result in results if isinstance(result, str)]
    stale = [result for result in results if isinstance(result, StaleRuleError)]
    assert (len(winners), len(stale)) == (1, 7)
    assert {error.theirs.author for error in stale} == set(winners)
    assert {error.yours.author for error in stale} == set(names) - set(winners)
    assert [edit.author for edit in store.history(ID)] == ["Ann", *winners]


def test_processes_that_edit_one_rule_lose_no_save(store, path):
    store.close()
    names = ["Bob", "Cleo", "Dan"]
    assert in_processes(edit_twenty_times, *((path, name) for name in names)) == [0, 0, 0]
    history = store.history(ID)
    assert [edit.version for edit in history] == list(range(1, 62))
    assert Counter(edit.author for edit in history[1:]) == dict.fromkeys(names, 20)


def test_processes_that_make_one_store_at_once_agree(path):
    assert in_processes(ReviewStore, *[(path,)] * 4) == [0] * 4
    assert ReviewStore(path, create=False).count() == 0


def test_a_killed_process_loses_nothing_that_was_approved(path):
    rng = random.Random(20)
    with ReviewStore(path) as store:
        store.add([Draft(clause=f"Door {n}.", rule=WIDTH, id=f"d/{n}") for n in range(RULES)], "A")
    approved = set()
    for _ in range(3):
        child = start(APPROVE_ALL, path)
        assert child.stdout.readline() == "ready\n"
        for _ in range(rng.randint(1, 8)):
            approved.add(child.stdout.readline().strip())
        time.sleep(rng.random() * 0.004)
        child.send_signal(signal.SIGKILL)
        # What it said to have saved until it died is saved.
        last = child.stdout.read().splitlines(keepends=True)
        approved |= {line.strip() for line in last if line.endswith("\n")}
        assert child.wait() == -signal.SIGKILL
        assert is_sound(path)
        with ReviewStore(path, create=False) as store:
            assert approved <= {rule.id for rule in store.approved()}
    assert 3 <= len(approved) < RULES


def test_a_process_killed_in_an_import_adds_nothing_and_breaks_nothing(store, path):
    store.set_status(ID, "approved", version=1, author="Ann")
    store.close()
    child = start(IMPORT_MANY, path)
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.4)
    assert child.poll() is None, "the import was over before it could be killed"
    child.kill()
    child.wait()
    assert is_sound(path)
    with ReviewStore(path, create=False) as after:
        assert after.count() == 1
        assert after.get(ID).status == "approved"
        assert after.edit(ID, HANDLE, version=2, author="Ann").version == 3
