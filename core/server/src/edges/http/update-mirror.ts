/**
 * 更新镜像: a folder of the hospital's web server that holds what `npm run image` wrote into `updates/`: bundles, and `index.json` which lists them. It is trusted with nothing: the index says how
 * large a file is and what hash it has, and who made it the bundle's own signature says.
 */
import { valid } from 'semver';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { BilingualError, type Bilingual } from '../../domain/bilingual.js';
import { ok, refused } from '../../domain/errors.js';
import type { Timers } from '../../domain/time.js';
import { BUNDLE_NAME, LARGEST_BUNDLE_BYTES, type BundleSource, type MirrorBundle, type UpdateMirror } from '../../updates/ports.js';

const INDEX_FILE = 'index.json';
const LARGEST_INDEX_BYTES = 256 * 1_024;
/** To the head of an answer, and between two pieces of it. */
const SILENCE_MS = 30_000;
/** A line that breaks is tried again; one that breaks three times without a byte between is left to a person. */
const MOST_BREAKS = 3;
const REST_MS = 5_000;
/** What is written and flushed at once. */
const PIECE_BYTES = 4 * 1_048_576;

/** `index.json` of a mirror. More fields than these are a later version's. */
export const UpdateIndexSchema = Type.Object({
  format: Type.Literal('hospay-updates/1'),
  bundles: Type.Array(
    Type.Object({
      file: Type.String({ pattern: BUNDLE_NAME }), version: Type.String({ pattern: '^\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}(-[0-9a-z.]{1,20})?$' }),
      bytes: Type.Integer({ minimum: 1, maximum: LARGEST_BUNDLE_BYTES }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
    { maxItems: 200 },
  ),
});

type Waits = { readonly timers: Timers; readonly silenceMs: number; readonly restMs: number };

/** Said once and for all: asking again would not help. */
class MirrorProblem extends BilingualError {}

/** @param url of the folder. A redirect is not followed: the configuration says where bundles come from. */
export function updateMirror({ url, timers, silenceMs = SILENCE_MS, restMs = REST_MS }: { readonly url: string; readonly timers: Timers; readonly silenceMs?: number; readonly restMs?: number }): UpdateMirror {
  const folder = new URL(url.endsWith('/') ? url : `${url}/`);
  const waits = { timers, silenceMs, restMs };
  return {
    address: `${folder.origin}${folder.pathname}`,
    async list() {
      try {
        return ok((await readIndex(new URL(INDEX_FILE, folder), waits)).bundles);
      } catch (error) {
        const why = whyOf(error);
        return refused('UPDATE_REFUSED', error instanceof BilingualError ? error.said : { zh: `更新镜像没有应答（${why.zh}），请检查 updates.mirror 的地址、网络与证书`, en: `the mirror does not answer (${why.en}): look at the address in updates.mirror, the network and its certificate` });
      }
    },
    open: (bundle) => sourceOf(new URL(bundle.file, folder), bundle, waits),
  };
}

async function readIndex(url: URL, waits: Waits): Promise<Static<typeof UpdateIndexSchema>> {
  const abort = new AbortController();
  try {
    const response = await ask(url, {}, abort, waits);
    if (response.status !== 200) throw unexpected(response);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of bodyOf(response, abort, waits)) {
      bytes += piece.byteLength;
      if (bytes > LARGEST_INDEX_BYTES) throw new MirrorProblem({ zh: `镜像的 ${INDEX_FILE} 过大`, en: `the mirror's ${INDEX_FILE} is too large` });
      pieces.push(piece);
    }
    const index = parsed(Buffer.concat(pieces));
    // One that has no place in an order would break every comparison after it.
    if (!Check(UpdateIndexSchema, index) || index.bundles.some(({ version }) => valid(version) === null)) throw new MirrorProblem({ zh: `镜像的 ${INDEX_FILE} 不是更新包清单，请重新复制厂商给的 updates 文件夹`, en: `the mirror's ${INDEX_FILE} is no index of bundles: copy the vendor's folder updates anew` });
    return index;
  } finally {
    abort.abort();
  }
}

function sourceOf(url: URL, { file, bytes, sha256 }: MirrorBundle, waits: Waits): BundleSource {
  let isClosed = false;
  let abort = new AbortController();
  let wake = (): void => {};
  return {
    total: bytes, sha256,
    async *pieces(from) {
      let at = from;
      for (let breaks = 0; at < bytes;) {
        const before = at;
        let kept: Uint8Array[] = [];
        let keptBytes = 0;
        let broken: unknown;
        abort = new AbortController();
        const arriving = rest(url, { at, bytes, file }, abort, waits)[Symbol.asyncIterator]();
        try {
          for (;;) {
            const next = await arriving.next().catch((error: unknown) => { broken = error; });
            if (next === undefined || next.done === true) break;
            kept.push(next.value);
            keptBytes += next.value.byteLength;
            if (keptBytes < PIECE_BYTES) continue;
            at += keptBytes;
            yield Buffer.concat(kept);
            kept = [];
            keptBytes = 0;
          }
        } finally {
          abort.abort();
        }
        if (broken instanceof MirrorProblem) throw broken;
        // What came before the line broke is as good as what comes after.
        if (keptBytes > 0) {
          at += keptBytes;
          yield Buffer.concat(kept);
        }
        if (at >= bytes) return;
        breaks = at > before ? 1 : breaks + 1;
        if (!isClosed && breaks < MOST_BREAKS) await new Promise<void>((go) => { wake = go; waits.timers.after(waits.restMs, go); });
        if (!isClosed && breaks < MOST_BREAKS) continue;
        const [why, percent] = [whyOf(broken), String(Math.floor((at * 100) / bytes))];
        throw new BilingualError({ zh: `下载中断（${why.zh}），已取 ${percent}%，已保留；镜像恢复后再取一次，从此处继续`, en: `the download broke off (${why.en}); ${percent} % of it is kept: take it again once the mirror answers, it goes on from there` });
      }
    },
    close() {
      isClosed = true;
      abort.abort();
      wake();
    },
  };
}

/** From one byte to the end, in one answer. A server that knows no ranges sends all of it, and what is there already is passed over. */
async function* rest(url: URL, { at, bytes, file }: { readonly at: number; readonly bytes: number; readonly file: string }, abort: AbortController, waits: Waits): AsyncIterable<Uint8Array> {
  const other = (): MirrorProblem => new MirrorProblem({ zh: `镜像上的 ${file} 与清单所写的大小不同，请重新复制镜像文件夹`, en: `${file} of the mirror is not as large as its index says: copy the folder of the mirror anew` });
  const response = await ask(url, at === 0 ? {} : { range: `bytes=${String(at)}-` }, abort, waits);
  if (response.status === 416) throw other();
  if (response.status !== 200 && response.status !== 206) throw unexpected(response);
  if (response.status === 206 && response.headers.get('content-range') !== `bytes ${String(at)}-${String(bytes - 1)}/${String(bytes)}`) throw other();
  let passed = response.status === 206 ? 0 : at;
  let left = bytes - at;
  for await (const piece of bodyOf(response, abort, waits)) {
    const wanted = piece.subarray(Math.min(passed, piece.byteLength));
    passed -= piece.byteLength - wanted.byteLength;
    left -= wanted.byteLength;
    if (left < 0) throw other();
    if (wanted.byteLength > 0) yield wanted;
  }
  // It ended of itself: a line that breaks throws.
  if (left > 0) throw other();
}

async function ask(url: URL, headers: Readonly<Record<string, string>>, abort: AbortController, { timers, silenceMs }: Waits): Promise<Response> {
  const deadline = timers.after(silenceMs, () => { abort.abort(); });
  try {
    const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers }, redirect: 'manual', signal: abort.signal });
    if (response.status >= 300 && response.status < 400) throw new MirrorProblem({ zh: `镜像要求跳转（HTTP ${String(response.status)}），平台不跟随：请把 updates.mirror 改为最终地址`, en: `the mirror redirects (HTTP ${String(response.status)}), which is not followed: write the address it leads to into updates.mirror` });
    return response;
  } finally {
    deadline.cancel();
  }
}

async function* bodyOf(response: Response, abort: AbortController, { timers, silenceMs }: Waits): AsyncIterable<Uint8Array> {
  let deadline = timers.after(silenceMs, () => { abort.abort(); });
  try {
    for await (const piece of response.body ?? []) {
      deadline.cancel();
      yield piece;
      deadline = timers.after(silenceMs, () => { abort.abort(); });
    }
  } finally {
    deadline.cancel();
  }
}

/** An overloaded server is asked again; one that says no is not. */
function unexpected({ status }: Response): Error {
  const said = { zh: `更新镜像应答 HTTP ${String(status)}：请检查 updates.mirror 的地址，以及文件夹是否完整复制`, en: `the mirror answers HTTP ${String(status)}: look at the address in updates.mirror, and whether the folder was copied whole` };
  return status >= 500 || status === 429 ? new BilingualError(said) : new MirrorProblem(said);
}

/** The system's own code, never what the far side wrote. */
function whyOf(error: unknown): Bilingual {
  if (error instanceof BilingualError) return error.said;
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof DOMException && cause.name === 'AbortError') return { zh: '超时没有应答', en: 'no answer in time' };
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code) ? { zh: code, en: code } : { zh: '连接失败', en: 'the connection failed' };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
