import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ReportedConfiguration } from '../fleet/ports.js';
import { readRequestEnvelope } from './envelope.js';
import type { Terminal } from './ports.js';
import { whyUnsigned } from './signed-by-terminal.js';
import { findKey } from './used-key.js';

/** The name of the message on `config/reported`. */
export const CONFIGURATION_REPORTED = 'configuration.reported';

export const ReportedConfigurationSchema = Type.Object(
  { version: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), hash: Type.String({ pattern: '^[0-9a-f]{64}$' }), error: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
);
const reportedConfiguration = Compile(ReportedConfigurationSchema);

/** What a terminal says it has applied. It is left retained, so its age says nothing; its signature must be the terminal's, also by the key before. */
export function readReportedConfiguration(terminal: Terminal, payload: Uint8Array, now: Date): ReportedConfiguration | undefined {
  const { outcome } = readRequestEnvelope(payload);
  if (outcome.kind !== 'ok' || outcome.value.op !== CONFIGURATION_REPORTED) return undefined;
  const used = findKey(terminal, outcome.value.kid, now);
  if (used === undefined || whyUnsigned(used.key, terminal.deviceId, outcome.value) !== undefined) return undefined;
  const { body } = outcome.value;
  return reportedConfiguration.Check(body) ? body : undefined;
}
