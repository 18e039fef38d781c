"""What rows share: the contestants' turns, and the places they work in."""

import collections
import os
import sys
import time

import barnabas
import machine


class Bench:
    """One comparison: where, how often, with whom."""

    def __init__(self, programs, folder, rounds, scale, peers):
        self.programs = programs
        self.folder = folder
        self.round_count = rounds
        self.scale = scale
        self.kafka = peers.get('kafka')
        self.asked = frozenset(peers)
        self.topics = 0
        self.clusters = {}

    def say(self, text):
        print('%s  %s' % (time.strftime('%H:%M:%S'), text), file=sys.stderr,
              flush=True)

    def count(self, records):
        """`records`, scaled; never so few that nothing is measured."""
        return max(1000, int(records * self.scale))

    def topic(self):
        self.topics += 1
        return 'compare-%d' % self.topics

    def cluster(self, name='main'):
        """A cluster of that name, started when first asked for."""
        if name not in self.clusters:
            fresh = barnabas.Barnabas(self.programs,
                                      os.path.join(self.folder, name))
            self.clusters[name] = fresh
            fresh.start()
        return self.clusters[name]

    def drop(self, name):
        self.clusters.pop(name).remove()

    def close(self):
        for name in list(self.clusters):
            try:
                self.drop(name)
            except (machine.Trouble, OSError) as error:
                self.say('cleaning up %s: %s' % (name, error))

    def take_turns(self, contestants):
        """Runs every contestant once a round; samples by name.

        `contestants` are pairs (name, function). A function gives a figure,
        or figures by name. Who is first changes from round to round, so that
        nobody always follows the same other.
        """
        samples = collections.defaultdict(list)
        for number in range(self.round_count):
            first = number % len(contestants)
            for name, measure in contestants[first:] + contestants[:first]:
                machine.settle()
                figures = measure()
                if not isinstance(figures, dict):
                    figures = {name: figures}
                for key, value in figures.items():
                    samples[key].append(value)
                self.say('round %d: %s' % (number + 1, '  '.join(
                    '%s %.4g' % item for item in figures.items())))
        return samples
