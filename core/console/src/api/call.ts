import { CallFailure, UNREACHABLE, UNREADABLE } from './call-failure';
import { OPERATIONS, type ErrorAnswer, type Operations } from './console-api';

type Name = keyof Operations;
type Given<Operation extends Name> = Operations[Operation]['input'] extends undefined ? [input?: undefined, by?: CalledBy] : [input: Operations[Operation]['input'], by?: CalledBy];
/** A page that refreshes itself keeps nobody signed in. */
export type CalledBy = 'person' | 'page';

type Input = { readonly path?: Readonly<Record<string, string>>; readonly query?: Readonly<Record<string, string | number | boolean | undefined>>; readonly idempotencyKey?: string; readonly body?: unknown };

const DEADLINE_MS = 30_000;
const BASE = '/console-api/v1';

let csrfToken = '';
let onSessionEnded: () => void = () => {};
let onActivity: () => void = () => {};

/** The session's own token, repeated with every write. */
export function useCsrfToken(token: string): void {
  csrfToken = token;
}
/** `ended`: the platform says nobody is signed in. `active`: a person did something. */
export function watchCalls(listeners: { readonly ended: () => void; readonly active: () => void }): void {
  onSessionEnded = listeners.ended;
  onActivity = listeners.active;
}

/** Calls an operation of the console API. @throws CallFailure */
export async function call<Operation extends Name>(name: Operation, ...[input, by = 'person']: Given<Operation>): Promise<Operations[Operation]['answer']> {
  const { method, path } = OPERATIONS[name];
  const { path: places = {}, query = {}, idempotencyKey, body }: Input = input ?? {};
  if (by === 'person') onActivity();
  const answer = await send(addressOf(path, places, query), {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'x-csrf-token': csrfToken }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(by === 'page' ? { 'x-background': '1' } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // The document this client's types are written from describes exactly this answer.
  return answer as Operations[Operation]['answer'];
}

/** The wallboard, for a screen nobody is signed in at. @throws CallFailure */
export async function readBoard(token: string): Promise<Operations['readWallboard']['answer']> {
  const { method, path } = OPERATIONS.readWallboard;
  return (await send(path, { method, headers: { 'x-display-token': token } })) as Operations['readWallboard']['answer'];
}

/** Sends a file as it is, with what is told about it in headers. @throws CallFailure */
export async function upload<Operation extends Name>(name: Operation, places: Readonly<Record<string, string>>, file: File, told: Readonly<Record<string, string>> = {}, query: NonNullable<Input['query']> = {}): Promise<Operations[Operation]['answer']> {
  const { method, path } = OPERATIONS[name];
  onActivity();
  const toldInHeaders = Object.fromEntries(Object.entries(told).map(([key, text]) => [`x-${key}`, encodeURIComponent(text)]));
  const headers = { 'x-csrf-token': csrfToken, 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(file.name), ...toldInHeaders };
  return (await send(addressOf(path, places, query), { method, headers, body: file })) as Operations[Operation]['answer'];
}

/** A file that is asked for with a reason: a link could not say it. @throws CallFailure */
export async function fetchFile(path: string, body: object): Promise<Blob> {
  onActivity();
  const response = await answerOf(`${BASE}${path}`, { method: 'POST', headers: { 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.blob();
}

async function send(address: string, request: RequestInit): Promise<unknown> {
  const response = await answerOf(address, request);
  return response.json().catch(() => undefined);
}

/** @throws CallFailure when it is none, or says no. */
async function answerOf(address: string, request: RequestInit): Promise<Response> {
  const cancel = new AbortController();
  const deadline = setTimeout(() => cancel.abort(), DEADLINE_MS);
  let response: Response;
  try {
    response = await fetch(address, { ...request, credentials: 'same-origin', cache: 'no-store', signal: cancel.signal });
  } catch {
    throw new CallFailure(UNREACHABLE);
  } finally {
    clearTimeout(deadline);
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => undefined);
  const failure = new CallFailure(isErrorAnswer(answer) ? answer.error : { ...UNREADABLE, detail: `HTTP ${response.status}` });
  if (failure.code === 'NOT_SIGNED_IN') onSessionEnded();
  throw failure;
}

function addressOf(path: string, places: Readonly<Record<string, string>>, query: NonNullable<Input['query']>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(places[name] ?? ''));
  const fields = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return fields.length === 0 ? filled : `${filled}?${new URLSearchParams(fields.map(([name, value]) => [name, String(value)]))}`;
}

function isErrorAnswer(answer: unknown): answer is ErrorAnswer {
  return typeof answer === 'object' && answer !== null && 'error' in answer && typeof answer.error === 'object' && answer.error !== null && 'code' in answer.error;
}
