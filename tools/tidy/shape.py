"""Finds functions and classes in C++ by their braces.

Not a parser: it knows statements, braces, parentheses and the few forms that
this code base is written in (Google style, clang-formatted). It errs on the
side of saying nothing.
"""

import re

_ACCESS = re.compile(r'^\s*(public|private|protected)\s*:(?!:)')
_ATTRIBUTE = re.compile(r'\[\[[^\]]*\]\]|\balignas\s*\([^()]*\)'
                        r'|\bABSL_[A-Z_]+\b(\s*\([^()]*(\([^()]*\))?[^()]*\))?')
_TYPE = re.compile(r'^(?:typedef\s+)?(class|struct|union)\b\s*(.*)$', re.S)
_WORD = re.compile(r'[A-Za-z_]\w*')
_SKIPPED = re.compile(
    r'^(using|typedef|static_assert|enum|template\s*;|class|struct|union)\b')


class Function:

    def __init__(self, name, first_line, last_line):
        self.name = name
        self.first_line = first_line
        self.last_line = last_line
        self.line_count = last_line - first_line + 1


class Class:

    def __init__(self, name, kind, line):
        self.name = name
        self.line = line
        self.access = 'private' if kind == 'class' else 'public'
        self.public_methods = []
        self.data_members = []
        # (line, number of parameters) of each constructor.
        self.constructors = []
        self.friends = []


class _Scope:

    def __init__(self, kind, head_start, parens, entry=None):
        self.kind = kind  # namespace, class, function, value, inner, enum
        self.head_start = head_start
        self.parens = parens
        self.entry = entry


def _without_template(head):
    """Drops leading template<...> clauses."""
    while head.startswith('template'):
        rest = head[len('template'):].lstrip()
        if not rest.startswith('<'):
            return head
        depth = 0
        for i, char in enumerate(rest):
            if char == '<':
                depth += 1
            elif char == '>':
                depth -= 1
                if depth == 0:
                    head = rest[i + 1:].lstrip()
                    break
        else:
            return head
        if head.startswith('requires'):
            head = re.sub(r'^requires\s*(\(.*?\)|[\w:]+(<[^<>]*>)?)\s*', '',
                          head, count=1, flags=re.S)
    return head


def _split_access(head, entry):
    """Takes access labels off a head, remembering the last one."""
    while True:
        match = _ACCESS.match(head)
        if not match:
            return head.strip()
        if entry is not None:
            entry.access = match.group(1)
        head = head[match.end():]


def first_call_paren(head):
    """Index of the '(' that makes `head` a function, or -1."""
    angle = 0
    for i, char in enumerate(head):
        if char == '<':
            if i and (head[i - 1].isalnum() or head[i - 1] == '_'):
                angle += 1
        elif char == '>':
            if angle and head[i - 1] != '-':
                angle -= 1
        elif angle == 0 and char in '={':
            if not re.search(r'\boperator\s*=*$', head[:i]):
                return -1
        elif angle == 0 and char == '(':
            if head[i + 1:].lstrip().startswith('*'):
                return -1
            return i
    return -1


def count_parameters(head, paren):
    """Top-level parameters of the list that opens at `paren`."""
    depth = 0
    commas = 0
    begin = paren + 1
    for i in range(paren, len(head)):
        char = head[i]
        if char in '([{':
            depth += 1
        elif char == '<':
            depth += 1
        elif char == '>' and head[i - 1] != '-':
            depth -= 1
        elif char in ')]}':
            depth -= 1
            if depth == 0:
                inside = head[begin:i].strip()
                return 0 if inside in ('', 'void') else commas + 1
        elif char == ',' and depth == 1:
            commas += 1
    return commas + 1


def _name_before(head, paren):
    words = _WORD.findall(head[:paren])
    return words[-1] if words else '?'


class _Reader:

    def __init__(self, source):
        self.text = source.bare
        self.functions = []
        self.classes = []
        self.scopes = [_Scope('namespace', 0, 0)]
        self.parens = 0
        self.starts = [0]
        for match in re.finditer('\n', self.text):
            self.starts.append(match.end())

    def line_of(self, position):
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self.starts[middle] <= position:
                low = middle
            else:
                high = middle
        return low + 1

    def read(self):
        for match in re.finditer(r'[(){};]', self.text):
            char, at = match.group(0), match.start()
            if char == '(':
                self.parens += 1
            elif char == ')':
                self.parens = max(0, self.parens - 1)
            elif char == '{':
                self.open(at)
            elif char == '}':
                self.close(at)
            elif self.parens == 0:
                self.end_statement(at)
        return self.functions, self.classes

    def head(self, at):
        scope = self.scopes[-1]
        raw = self.text[scope.head_start:at]
        head = _split_access(raw, scope.entry)
        return _without_template(_ATTRIBUTE.sub('', head).strip())

    def head_line(self, at):
        """Where the statement that ends at `at` begins, labels apart."""
        start = self.scopes[-1].head_start
        raw = self.text[start:at]
        while True:
            match = _ACCESS.match(raw)
            if not match:
                break
            start += match.end()
            raw = raw[match.end():]
        return self.line_of(start + len(raw) - len(raw.lstrip()))

    def open(self, at):
        scope = self.scopes[-1]
        if self.parens or scope.kind in ('function', 'inner', 'value', 'enum'):
            self.push('inner', at)
            return
        head = self.head(at)
        if re.match(r'^(inline\s+)?namespace\b|^extern\s*""$', head):
            self.push('namespace', at)
        elif head.startswith('enum'):
            self.push('enum', at)
        elif _TYPE.match(head) and '(' not in head:
            self.open_type(head, at)
        elif self.opens_body(head):
            self.push('function', at)
        else:
            self.push('value', at)

    @staticmethod
    def opens_body(head):
        if '(' not in head:
            return False
        if re.search(r'\)\s*(noexcept\s*)?:(?!:)', head):
            # A constructor's initialisers: `b_{` is a value, `) {` the body.
            return head[-1] in ')}'
        if head.endswith('='):
            return False
        return first_call_paren(head) >= 0 or ']' in head

    def open_type(self, head, at):
        kind, rest = _TYPE.match(head).groups()
        rest = re.split(r'(?<!:):(?!:)', rest)[0]
        words = [word for word in _WORD.findall(re.sub(r'<.*', '', rest))
                 if word != 'final']
        entry = Class(words[-1] if words else '', kind, self.head_line(at))
        self.classes.append(entry)
        self.push('class', at, entry)

    def push(self, kind, at, entry=None):
        self.scopes.append(_Scope(kind, at + 1, self.parens, entry))
        self.parens = 0

    def close(self, at):
        if len(self.scopes) == 1:
            return
        done = self.scopes.pop()
        self.parens = done.parens
        outer = self.scopes[-1]
        if done.kind == 'function':
            body_start = done.head_start - 1
            head = self.head(body_start)
            first_line = self.head_line(body_start)
            paren = head.find('(')
            self.functions.append(Function(
                _name_before(head, paren), first_line, self.line_of(at)))
            if outer.kind == 'class':
                self.member(head, first_line, outer.entry)
            outer.head_start = at + 1
        elif done.kind in ('namespace', 'class', 'enum'):
            outer.head_start = at + 1

    def end_statement(self, at):
        scope = self.scopes[-1]
        if scope.kind == 'class':
            head = self.head(at)
            if head:
                self.member(head, self.head_line(at), scope.entry)
        scope.head_start = at + 1

    def member(self, head, line, entry):
        if re.match(r'^friend\b', head):
            entry.friends.append(line)
            return
        if _SKIPPED.match(head) and first_call_paren(head) < 0:
            # A type or alias; `struct tm when_;` is rare enough to miss.
            return
        if re.match(r'^(using|typedef|static_assert)\b', head):
            return
        if 'operator' in head and re.search(r'\boperator\b', head):
            return
        paren = first_call_paren(head)
        if paren < 0:
            if not re.match(r'^(inline\s+)?static\b|^constexpr\b', head):
                entry.data_members.append(line)
            return
        name = _name_before(head, paren)
        before = head[:paren].rstrip()
        if before[:-len(name)].rstrip().endswith('~'):
            return
        if name == entry.name:
            entry.constructors.append((line, count_parameters(head, paren)))
        elif before == name and name.upper() == name:
            return  # a macro
        elif entry.access == 'public':
            entry.public_methods.append(name)


def read_shape(source):
    """Returns (functions, classes) of a C++ source."""
    return _Reader(source).read()
