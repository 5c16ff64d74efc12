"""Texts that want more than arithmetic, hold strange characters, or are too much; test_formula.py says what becomes of them."""

CODE = [
    "__import__('os')", "x.__class__", "().__class__.__mro__", "open('x')", "eval('1')", "exec('x=1')", "lambda: 0",
    "(lambda x: x)(1)", "[x for x in y]", "{x: y}", "{x}", "f'{x}'", "'a'*9", "b'a'", "\"x\"", "x[0]", "x.y", "x := 3",
    "(x := 3)", "yield x", "await x", "import os", "from os import x", "del x", "raise x", "assert x", "return x",
    "while x: y", "for x in y: z", "if x: y", "with x: y", "try: x", "class x: y", "def f(): x", "global x", "pass",
    "x; import os; y", "print(x)", "globals()", "locals()", "vars()", "dir()", "getattr(x, y)", "type(x)", "breakpoint()",
    "exit()", "quit()", "help()", "input()", "compile(x, y, z)", "memoryview(x)", "object()", "super()", "__builtins__",
    "__name__", "_", "__", "None", "True", "False", "Ellipsis", "...", "NotImplemented", "0x10*x", "0b1*x",
    "1_000*x", "1__0", "*x", "**x", "f(*x)", "sin(*x)", "sin(**x)", "sin(x for x in y)", "sin((x, y))", "x @ y", "x // y",
    "x % y", "x & y", "x | y", "~x", "x << 9", "x >> 9", "not x", "x or y", "x and y", "x < y", "x == y", "x != y",
    "x is y", "x in y", "x not in y", "x if x else y", "x += 1", "x -= 1", "x = y = z", "x, y = z", "x: int = 3", "@x",
]  # fmt: skip
TEXT = [
    "\0", "x\0y", "\x00" * 200, "\ufeffx*y", "\u200bx", "x\u200b*y", "\u202ex*y", "x\u00a0*y", "ｘ*y", "𝐱*y", "x²", "x×y",
    "x·y", "√x", "∑x", "٣*x", "𝟛*x", "½*x", "x\ud800", "\ud83d*x", "🙂", "x🙂y", "é*x", "日本*x", "ﬁ*x", "ⅷ*x", "x'", "x\"y",
    "`x`", "x\\y", "\\", "#", "x # y", "x;#", "$x", "x?y", "!x", "%x", "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>", "</script>", "javascript:alert(1)", "${x}", "{{x}}", "'; DROP TABLE x; --",
    "../../etc/passwd", "%00", "\r\n\r\n", "\t;\t", "x\x0c*", "x\x1b[31m", "\x7f",
]  # fmt: skip
SIZE = [
    "(" * 200, ")" * 200, "(" * 100 + ")" * 100, "(" * 99 + "x" + ")" * 99, "-" * 199 + "x", "+" * 199 + "x",
    "-+" * 99 + "x", "x" + "**x" * 66, "x" + "**-x" * 49, "2" + "**9" * 66 + "*x", "x*9**9**9**9", "x*10**400",
    "x*" + "9" * 190, "x/1e-400/0", "x*1e308*1e308", "x**1e308**2", "x*2**2**2**2**2**2", "sin(" * 49 + "x" + ")" * 49,
    "(x+" * 60, "x" + "-x" * 99, "x" + "/x" * 99, "x*" * 100, ";" * 200, "=" * 200, "x=" * 100, ",".join("x" * 100),
    "." * 200, "1." * 100, "1e" * 100, "e" * 200, "1" * 200, "x" * 200, "x" * 10_000, "(" * 100_000, "-" * 100_000,
    "9" * 100_000, "x**" * 50_000, " " * 200, " " * 100_000, "max(" + "x," * 97 + ")", "max(" + "x," * 90 + "y)",
    "a=x;" * 50, "\n" * 200, "x ** " * 40 + "y", "((((" * 25 + "x",
]  # fmt: skip
