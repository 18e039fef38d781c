"""One source file as the rules see it: its text, lines and bare code."""

import re

_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>(?<!\w)'(?:\\.|[^'\\\n])+')",
    re.DOTALL)
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.MULTILINE)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def _blank(text):
    return re.sub(r'[^\n]', ' ', text)


def _blank_token(match):
    text = match.group(0)
    if match.group('comment') is not None:
        return _blank(text)
    # Quotes stay, so that a literal still reads as a value.
    return text[0] + _blank(text[1:-1]) + text[-1]


class Source:
    """A file of the tree; `path` is relative to its root, with slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split('\n')
        if self.lines and self.lines[-1] == '':
            self.lines.pop()
        self.is_cpp = path.endswith(('.h', '.cc'))
        self.is_header = path.endswith('.h')
        self.is_test = path.startswith('tests/')
        # Same geometry as `text`: comments and the inside of literals blanked.
        self.code = _TOKEN.sub(_blank_token, text) if self.is_cpp else text
        self.code_lines = self.code.split('\n')
        # As `code`, and preprocessor lines blanked too.
        self.bare = _DIRECTIVE.sub(
            lambda match: _blank(match.group(0)), self.code)

    def includes(self):
        """Yields (line number, '<' or '"', path) of each #include."""
        for number, line in enumerate(self.lines, 1):
            match = _INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


class Finding:
    """What is wrong at one place, and what to do."""

    def __init__(self, path, line, rule, advice):
        self.path = path
        self.line = line
        self.rule = rule
        self.advice = advice

    def key(self):
        return (self.path, self.line, self.rule, self.advice)

    def __str__(self):
        return '%s:%d: %s: %s' % self.key()
