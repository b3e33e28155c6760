/** The HL7 v2 hospital adapter: one mapping file connects one HIS. */
import { readFile } from 'node:fs/promises';
import { definePlugin } from '@hospay/plugin-sdk';
import { MappingError } from '@hospay/plugin-sdk/his-mapping';
import { createHl7Adapter } from './hl7-adapter.js';
import { readMapping, type PreparedMapping } from './read-mapping.js';
import { settingsComplaints, SettingsSchema, type Settings } from './settings.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: async ({ settings, now, log }) => {
    const mapping = await loadMapping(settings);
    const adapter = await createHl7Adapter({ settings, mapping, now, log });
    log.info('HIS mapping read', { hospital: mapping.hospital, host: settings.host });
    return { hospitalAdapters: { hl7: adapter }, stop: () => adapter.stop() };
  },
});

/** @throws MappingError with every complaint, each naming its path */
async function loadMapping(settings: Settings): Promise<PreparedMapping> {
  const { mapping, mappingFile } = settings;
  const complaints = settingsComplaints(settings);
  if ((mapping === undefined) === (mappingFile === undefined)) complaints.push('settings: expected exactly one of mapping and mappingFile');
  if (complaints.length > 0) throw new MappingError(complaints);
  if (mappingFile === undefined) return readMapping(mapping);
  return readMapping(parseJson(await readMappingFile(mappingFile), mappingFile));
}

async function readMappingFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new MappingError([`settings.mappingFile: cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new MappingError([`${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

export { createHl7Adapter, type Hl7Adapter } from './hl7-adapter.js';
export { readMapping, type PreparedMapping } from './read-mapping.js';
export { SettingsSchema, type Settings } from './settings.js';
