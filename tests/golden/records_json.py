"""Turns what Kafka's console consumer printed into JSON.

Input lines: CreateTime:T<tab>Offset:N<tab>headers<tab>key<tab>value, with NULL
for what is absent. Output: {"records": [...]}; absent keys and values are null.
"""

import json
import sys


def optional(text):
    return None if text == 'NULL' else text


def headers(text):
    if text == 'NO_HEADERS':
        return []
    pairs = [pair.split(':', 1) for pair in text.split(',')]
    return [{'name': name, 'value': optional(value)} for name, value in pairs]


def main():
    records = []
    for line in sys.stdin:
        time, offset, names, key, value = line.rstrip('\n').split('\t')
        kind, _, timestamp = time.partition(':')
        records.append({
            'offset': int(offset.partition(':')[2]),
            'timestamp_type': kind,
            'timestamp_ms': int(timestamp),
            'key': optional(key),
            'value': optional(value),
            'headers': headers(names),
        })
    print('{"records": [')
    print(',\n'.join(json.dumps(record, ensure_ascii=False)
                     for record in records))
    print(']}')


if __name__ == '__main__':
    main()
