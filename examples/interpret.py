"""From clauses to rules in Python: interpret, look at the doubts, measure, export."""

from p4ir import Interpreter, format_rule, parse_rule, tree_edit_distance

CLAUSES = [
    "Every stair shall have a clear width of at least 900 mm.",
    "A ramp may be omitted where the floor is level with the footpath.",
]


def main() -> None:
    interpreter = Interpreter()
    for result in interpreter.interpret(CLAUSES):
        print(result.clause)
        if result.rule is None:
            print("  no rule:", result.problem)
            continue
        print("  ", format_rule(result.rule))
        print(f"   confidence {result.confidence:.2f}, valid {result.valid}")
        for warning in result.lint:
            print("   !", warning.message)
    expected = parse_rule(
        "if(exist(stair)),then(obligation(greaterThanEqual(stair.clearWidth,900 mm)))"
    )
    first = interpreter.interpret(CLAUSES[0])[0].rule
    if first is not None:
        print("tree edit distance to the expected rule:", tree_edit_distance(first, expected))


if __name__ == "__main__":
    main()
