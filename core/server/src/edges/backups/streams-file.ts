/** Runs of this box that made increments. A file of the data folder that is in no set: a box that was made of one knows none, and removes nothing of what the old one may still need. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { STREAMS_FILE } from './data-files.js';
import { writeDurably } from './fence-file.js';

const StreamsSchema = Type.Object({ streams: Type.Array(Type.String()) });
/** A box that starts anew every hour for two weeks. */
const MOST_STREAMS = 400;

export function streamsOf(dataFolder: string): { known(): ReadonlySet<string>; remember(stream: string): void } {
  // One that cannot be read is as good as none: its increments stay where they are.
  const read = (): readonly string[] => {
    try {
      const value: unknown = JSON.parse(readFileSync(join(dataFolder, STREAMS_FILE), 'utf8'));
      return Check(StreamsSchema, value) ? value.streams : [];
    } catch {
      return [];
    }
  };
  let streams = read();
  return {
    known: () => new Set(streams),
    remember(stream) {
      if (streams.includes(stream)) return;
      streams = [...streams, stream].slice(-MOST_STREAMS);
      writeDurably(dataFolder, STREAMS_FILE, { streams });
    },
  };
}
