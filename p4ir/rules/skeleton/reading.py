"""Read a skeleton through `ast`: what is not in the notation is refused, nothing is run."""

from __future__ import annotations

import ast
import re
import warnings

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.builder import RuleBuilder
from p4ir.rules.skeleton.identifiers import from_identifier
from p4ir.rules.skeleton.layout import COMPARISON_OF, FUNCTION_OF, NUMBER, PART
from p4ir.rules.tree import MAX_DEPTH, is_label

_FUNCTOR_OF = {function: functor for functor, function in FUNCTION_OF.items()}
_FUNCTOR_OF |= {f"{function}_": function for function in FUNCTION_OF.values()}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "equal",
    ast.Gt: "greaterThan",
    ast.GtE: "greaterThanEqual",
    ast.Lt: "lessThan",
    ast.LtE: "lessThanEqual",
}


def read(text: str) -> RuleBuilder:
    """Parse a skeleton, and keep where each label stood.

    Raises:
        RuleSyntaxError: the text is no Python, or Python that is no skeleton.
        RuleError: the rule is too large or too deep.
    """
    module = _parse(text)
    return _Reader(text).read_module(module)


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in strings
            return ast.parse(text)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), text.count("\n") + 1)
        length = len(text.split("\n")[line - 1])
        column = min(max(error.offset or 1, 1), length + 1)
        raise RuleSyntaxError(
            line=line, column=column, found=error.msg[:80], expected="Python"
        ) from None
    except (MemoryError, RecursionError):
        message = f"the rule is nested more than {MAX_DEPTH} deep, or than Python can parse"
        raise RuleError(message) from None
    except ValueError as error:  # null characters, or what no encoding holds
        found = " ".join(str(error).split())[:80]
        raise RuleSyntaxError(line=1, column=1, found=found, expected="Python") from None


class _Reader:
    """Builds a rule from Python's syntax tree."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [(0, b"")]  # offset of each line, and its bytes; lines count from 1
        offset = 0
        for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
            self._lines.append((offset, line.encode()))
            offset += len(line)
        self._build = RuleBuilder()
        self._parts: dict[str, ast.expr] = {}

    def read_module(self, module: ast.Module) -> RuleBuilder:
        if len(module.body) != 1 or not isinstance(module.body[0], ast.FunctionDef):
            functions = [s for s in module.body if isinstance(s, ast.FunctionDef)]
            wrong = [s for s in module.body if s not in functions] or functions[1:]
            raise self._error(wrong[0] if wrong else None, "one function, 'def rule():'")
        function = module.body[0]
        is_generic = bool(getattr(function, "type_params", None))  # since Python 3.12
        has_arguments = bool(ast.unparse(function.args))
        if has_arguments or is_generic or function.decorator_list or function.returns:
            raise self._error(function, "a function without arguments: 'def rule():'")
        *parts, branch = function.body
        for statement in parts:
            self._read_part(statement)
        if not isinstance(branch, ast.If):
            raise self._error(branch, "'if' with the condition")
        if branch.orelse:
            raise self._error(branch.orelse[0], "the end of the rule")
        start = self._start(branch)
        self._build.open("if", start, len("if"))
        self._read_all(branch.test)
        self._build.close()
        self._build.open("then", self._start(branch.body[0]), 0)
        self._read_statements(branch.body)
        if self._parts:
            raise self._error(next(iter(self._parts.values())), "a part that is used")
        return self._build

    def _read_part(self, statement: ast.stmt) -> None:
        """Keep an expression that stands apart until it is used, which is once."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                PART.fullmatch(name) and name not in self._parts
            ):
                self._parts[name] = value
            case _:
                raise self._error(statement, "one 'if' with the condition, and nothing else")

    def _read_statements(self, statements: list[ast.stmt]) -> None:
        expressions = []
        for statement in statements:
            if not isinstance(statement, ast.Expr):
                raise self._error(statement, "'require(…)', 'permit(…)' or 'forbid(…)'")
            expressions.append(statement.value)
        if len(expressions) == 1:
            self._read_all(expressions[0])
            return
        self._build.open("and", self._start(statements[0]), 0)
        for expression in expressions:
            self._read(expression)
        self._build.close()

    def _read_all(self, expression: ast.expr) -> None:
        """Read what `if` or `then` holds: an expression, or a tuple of several."""
        parts = expression.elts if isinstance(expression, ast.Tuple) else []
        for part in parts if len(parts) > 1 else [expression]:
            self._read(part)

    def _read(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name) if name in self._parts:
                self._read(self._parts.pop(name))
            case ast.BoolOp(op=op, values=values):
                self._read_operator("and" if isinstance(op, ast.And) else "or", values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._build.open("not", self._start(node), len("not"))
                self._read(operand)
                self._build.close()
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                self._read_operator(_COMPARISONS[type(op)], [left, right])
            case ast.Call(func=function, args=[_, *_] as arguments, keywords=[]):
                start = self._start(function)
                self._build.open(self._functor(function), start, self._end(function) - start)
                for argument in arguments:
                    self._read(argument)
                self._build.close()
            case _:
                start = self._start(node)
                self._build.leaf(self._leaf(node), start, self._end(node) - start)

    def _read_operator(self, label: str, operands: list[ast.expr]) -> None:
        first, second = operands[:2]
        start, end = self._end(first), self._start(second)
        sign = COMPARISON_OF.get(label, label)
        # Between the operands stand brackets and white space besides.
        found = self._text.find(sign, start, end)
        self._build.open(label, found if found >= 0 else start, len(sign))
        for operand in operands:
            self._read(operand)
        self._build.close()

    def _functor(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name) if name in _FUNCTOR_OF:
                return _FUNCTOR_OF[name]
            case ast.Name() | ast.Attribute() | ast.Constant(value=str()):
                return self._leaf(node)
        raise self._error(node, "the name of a functor")

    def _leaf(self, node: ast.expr) -> str:
        label = None
        match node:
            case ast.Constant(value=str(text)):
                label = text
            case ast.Name() | ast.Attribute():
                name = self._dotted(node)
                label = None if name is None else from_identifier(name)
            case (
                ast.Constant(value=int() | float())
                | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()))
            ):
                source = self._text[self._start(node) : self._end(node)]
                label = source if NUMBER.fullmatch(source) else None
        if label is None or not is_label(label):
            raise self._error(node, "a functor with arguments, a name, a number or a string")
        return label

    def _dotted(self, node: ast.expr) -> str | None:
        """Return a name with its attributes; `None` if something else has them."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None

    def _start(self, node: ast.AST) -> int:
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _offset(self, line: int, column: int) -> int:
        """Return the place in the text of a line and a column in bytes."""
        start, content = self._lines[line]
        return start + len(content[:column].decode())

    def _error(self, node: ast.AST | None, expected: str) -> RuleSyntaxError:
        if node is None:
            return RuleSyntaxError(line=1, column=1, found="nothing", expected=expected)
        start = self._start(node)
        found = self._text[start : self._end(node)].split("\n")[0]
        before = self._text[:start]
        return RuleSyntaxError(
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
            found=repr(found if len(found) <= 40 else found[:40] + "…"),
            expected=expected,
        )
