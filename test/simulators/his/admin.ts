import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Fault, PlannedFault } from './faults.js';
import type { HisSimulator } from './his-simulator.js';

/**
 * A small HTTP desk on loopback for a person with curl, or for a test in another process:
 * GET /faults · POST /faults · DELETE /faults · POST /down · POST /up · GET /settlements · GET /refunds · GET /bills · POST /bills {"patientId"}.
 */
export async function startHisAdmin(simulator: HisSimulator, options: { readonly port: number; readonly host?: string }): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(simulator, request)
      .catch((error: unknown): Answer => ({ status: 400, body: { error: error instanceof Error ? error.message : String(error) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(body)}\n`);
      }, () => response.destroy());
  });
  const port = await listen(server, options);
  return {
    port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(simulator: HisSimulator, request: IncomingMessage): Promise<Answer> {
  const route = `${request.method ?? 'GET'} ${request.url ?? '/'}`;
  switch (route) {
    case 'GET /faults': return { status: 200, body: simulator.faults.list() };
    case 'POST /faults': {
      const planned = parsePlannedFault(await readJson(request));
      if (!planned) return { status: 400, body: { error: 'Expected {"procedure", "fault": {"kind", ...}, "times"?}.' } };
      simulator.faults.add(planned);
      return { status: 201, body: simulator.faults.list() };
    }
    case 'DELETE /faults': simulator.faults.clear(); return { status: 200, body: [] };
    case 'POST /down': await simulator.down(); return { status: 200, body: { up: false } };
    case 'POST /up': await simulator.up(); return { status: 200, body: { up: true } };
    case 'GET /settlements': return { status: 200, body: simulator.hospital.listSettlements() };
    case 'GET /refunds': return { status: 200, body: simulator.hospital.listRefunds() };
    case 'GET /bills': return { status: 200, body: simulator.hospital.listBills() };
    case 'POST /bills': {
      const patientId = field(await readJson(request), 'patientId');
      if (typeof patientId !== 'string' || !simulator.hospital.hasPatient(patientId)) return { status: 404, body: { error: 'No such patient.' } };
      return { status: 201, body: await simulator.hospital.seedMoreBills(patientId) };
    }
    default: return { status: 404, body: { error: `Nothing at ${route}.` } };
  }
}

const longestBody = 64 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > longestBody) throw new Error('The body is too long.');
  }
  const value: unknown = JSON.parse(body);
  return value;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** Reads a planned fault from JSON; undefined when it is not one. */
export function parsePlannedFault(value: unknown): PlannedFault | undefined {
  const procedure = field(value, 'procedure');
  const fault = parseFault(field(value, 'fault'));
  const times = field(value, 'times');
  if (typeof procedure !== 'string' || !fault) return undefined;
  if (times === undefined) return { procedure, fault };
  if (times === 'always' || (typeof times === 'number' && Number.isInteger(times) && times > 0)) return { procedure, fault, times };
  return undefined;
}

function parseFault(value: unknown): Fault | undefined {
  const kind = field(value, 'kind');
  switch (kind) {
    case 'drop-before-execute': case 'no-answer-before-execute': case 'commit-then-drop': case 'commit-then-no-answer': case 'garbage-values': case 'other-patient': case 'refuse-login':
      return { kind };
    case 'garbage-bytes': return field(value, 'onceGivenUp') === true ? { kind, onceGivenUp: true } : { kind };
    case 'delay-before': case 'delay-after-commit': case 'execute-late': {
      const delayMs = field(value, 'delayMs');
      return typeof delayMs === 'number' && delayMs >= 0 ? { kind, delayMs } : undefined;
    }
    case 'server-error': {
      const number = field(value, 'number');
      const text = field(value, 'text');
      if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
      return { kind, number, ...(typeof text === 'string' ? { text } : {}), ...(field(value, 'afterCommit') === true ? { afterCommit: true } : {}) };
    }
    case 'wrong-amount': {
      const differenceFen = field(value, 'differenceFen');
      return typeof differenceFen === 'number' && Number.isInteger(differenceFen) ? { kind, differenceFen } : undefined;
    }
    case 'already-paid': {
      const by = field(value, 'by');
      return by === 'window' || by === 'ourselves' ? { kind, by } : undefined;
    }
    default: return undefined;
  }
}

async function listen(server: Server, options: { readonly port: number; readonly host?: string }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? options.port : bound.port;
}
