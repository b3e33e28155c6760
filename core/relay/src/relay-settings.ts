import { existsSync, readFileSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parse } from 'yaml';

const Port = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description }));

/** `relay.yaml`: everything a relay has to be told. All of it may be absent. */
export const RelaySettingsSchema = Type.Object(
  {
    publicHost: Type.Optional(Type.String({ minLength: 1, description: 'address the world is answered at; absent: all' })),
    publicPort: Port('port of channels and phones; absent: 8443'),
    tunnelHost: Type.Optional(Type.String({ minLength: 1, description: 'address the core connects to; absent: all' })),
    tunnelPort: Port('port of the line from the core; absent: 8444'),
    tls: Type.Optional(
      Type.Object({ certificateFile: Type.String({ minLength: 1 }), privateKeyFile: Type.String({ minLength: 1 }) }, { additionalProperties: false, description: 'the public certificate, PEM, with its chain; absent: plain HTTP, behind a proxy with TLS' }),
    ),
    clientAddressHeader: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{1,60}$', description: 'header in which a proxy in front writes the address of the caller; absent: the address of the connection' })),
    notificationHeaders: Type.Optional(Type.Array(Type.String({ pattern: '^(?!x-relay-)[a-z][a-z0-9-]{1,60}$' }), { maxItems: 20, description: 'further headers that channels of this hospital sign with' })),
  },
  { additionalProperties: false },
);
export type RelaySettings = Static<typeof RelaySettingsSchema>;

/** @throws Error naming each place that does not fit. A file that is not there is a relay with nothing said. */
export function readRelaySettings(file: string): RelaySettings {
  if (!existsSync(file)) return {};
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new Error(`${file} is not well-formed YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`, { cause: error });
  }
  if (Check(RelaySettingsSchema, value)) return value;
  const problems = Errors(RelaySettingsSchema, value).map(({ instancePath, message }) => `${instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.')} ${message}`);
  throw new Error(`${file}: ${problems.slice(0, 5).join('; ')}`);
}
