#!/usr/bin/env python3
"""Draws docs/deploy.svg: what one sees in a terminal while a swarm is deployed. Needs tmux, and build/dev."""
import os
import re
import sys
import time
import unicodedata
from html import escape

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'deploy'))
import screen

COLOURS = {'31': '#f38ba8', '32': '#a6e3a1', '33': '#f9e2af', '36': '#89dceb'}
WIDTH, HEIGHT = 8.4, 19  # of a character, in pixels


def runs(line):
    """(column, style, text) of a line with escape sequences; style is a set of SGR codes."""
    style, column = set(), 0
    for piece in re.split(r'(\x1b\[[0-9;]*m)', re.sub(r'\x1b\]8;[^\x1b]*\x1b\\', '', line)):
        if piece.startswith('\x1b'):
            for code in piece[2:-1].split(';'):
                if code in ('', '0'):
                    style = set()
                elif code == '39':
                    style -= COLOURS.keys()
                else:
                    style = style - (COLOURS.keys() if code in COLOURS else set()) | {code}
        elif piece:
            yield column, style, piece
            column += sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in piece)


def picture(captured_screen):
    """Of what `tmux capture-pane -p -e` prints."""
    lines = captured_screen.rstrip('\n').split('\n')
    columns = max((column + len(text) for line in lines for column, style, text in runs(line)), default=1)
    width, height = columns * WIDTH + 32, len(lines) * HEIGHT + 30
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}">',
           f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#1e1e2e"/>',
           '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', \'Liberation Mono\', monospace" '
           'font-size="14" fill="#cdd6f4" xml:space="preserve">']
    for row, line in enumerate(lines):
        for column, style, text in runs(line):
            if not text.strip():
                continue
            colour = next((COLOURS[code] for code in style if code in COLOURS), None)
            look = ''.join([f' fill="{colour}"' if colour else '', ' opacity="0.55"' if '2' in style else '',
                            ' font-weight="bold"' if '1' in style else ''])
            begin = len(text) - len(text.lstrip())
            shown = text.strip()
            out.append(f'<text x="{16 + (column + begin) * WIDTH:.1f}" y="{27 + row * HEIGHT}" '
                       f'textLength="{len(shown) * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"{look}>{escape(shown)}</text>')
    return '\n'.join(out + ['</g>', '</svg>']) + '\n'


def captured(columns, lines, seconds):
    """The screen of a recorded deployment of the example with both systems, some seconds after its begin."""
    speed = 40
    with screen.terminal(columns, lines) as terminal:
        terminal.replay(screen.tape('mixed'), speed)
        terminal.until(lambda: terminal.said('alternate_on') == '1')
        time.sleep(seconds / speed)
        return terminal.screen('-e')


if __name__ == '__main__':
    with open(os.path.join(ROOT, 'docs', 'deploy.svg'), 'w') as file:
        file.write(picture(captured(92, 28, 132)))
