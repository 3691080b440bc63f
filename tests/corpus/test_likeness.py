import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.corpus.likeness import LikePair, like_pairs, phrases_of, shared_phrase, words_of

CLAUSES = [
    "Each balcony shall drain to an outlet at least 40 mm wide.",
    "Lamps in lift cars shall stay lit for one hour after the mains fail.",
    "Each balcony shall drain to an outlet at least 65 mm wide.",
    "Each balcony shall drain to a gutter at least 65 mm wide.",
]


def test_clauses_that_differ_in_a_number_only_are_the_same() -> None:
    assert list(like_pairs(CLAUSES[:1], CLAUSES[1:3])) == [LikePair(0, 1, 1.0)]


def test_other_clauses_are_told_apart_by_the_threshold() -> None:
    assert [(a, b) for a, b, _ in like_pairs(CLAUSES[2:], CLAUSES[:2])] == [(0, 0), (1, 0)]
    assert [(a, b) for a, b, _ in like_pairs(CLAUSES[2:], CLAUSES[:2], 0.95)] == [(0, 0)]


def test_pairs_are_found_in_every_block() -> None:
    clauses = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)} alone" for n in range(600)]
    found = list(like_pairs([*clauses, "bolts of steel"], ["bolts of steel", clauses[3]], 0.9))
    assert [(pair.first, pair.second) for pair in found] == [(3, 1), (600, 0)]


@pytest.mark.parametrize(
    ("clause", "same", "other"),
    [
        (
            "疏散门的净宽不应小于900毫米。",
            "疏散门的净宽不应小于850毫米。",
            "楼梯间应设置自然采光和通风。",
        ),
        ("Двери должны открываться наружу.", "ДВЕРИ ДОЛЖНЫ ОТКРЫВАТЬСЯ НАРУЖУ!", "Крыша из меди."),
        (
            "避難扉の幅は九百ミリ以上とする。",
            "避難扉の幅は九百ミリ以上とする",
            "階段には手すりを設ける。",
        ),
        ("—", "—", "§"),
    ],
)
def test_clauses_in_other_scripts_are_compared_by_their_words(
    clause: str, same: str, other: str
) -> None:
    pairs = [LikePair(0, 0, 1.0), LikePair(0, 1, 1.0)]
    assert list(like_pairs([clause], [clause, same, other])) == pairs


def test_what_is_raised_is_no_word_of_its_own() -> None:
    assert words_of("10 m² of façade_glass, ½ m") == ["10", "m", "of", "façade", "glass", "m"]


words = st.lists(st.sampled_from("a b c d e 1 2 door. wide".split()), max_size=12).map(" ".join)


@given(words, words)
def test_likeness_does_not_depend_on_the_order_of_the_two(one: str, other: str) -> None:
    there, back = list(like_pairs([one], [other], 0.5)), list(like_pairs([other], [one], 0.5))
    assert there == back


@given(words)
def test_every_clause_is_like_itself(clause: str) -> None:
    assert list(like_pairs([clause], [clause])) == [LikePair(0, 0, 1.0)]


def test_eight_words_in_a_row_are_a_shared_phrase_and_seven_are_not() -> None:
    phrases = phrases_of(["In a stable, the floor shall fall to a drain by 1 in 60."])
    eight = "Also THE FLOOR shall fall, to a drain by one in sixty."
    assert shared_phrase(eight, phrases) == "the floor shall fall to a drain by"
    assert shared_phrase("Also, the floor shall fall to a drain at the door.", phrases) is None


def test_words_are_runs_of_letters_digits_and_full_stops() -> None:
    assert words_of("Self-closing: 0.9 m (2.5 ft²).") == "self closing 0.9 m 2.5 ft .".split()
