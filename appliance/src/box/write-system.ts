import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';

/** `install.json` of an installer medium. Its hash stands in the medium's boot image, and so everything it names is what was delivered. */
export type InstallPlan = {
  readonly version: string;
  /** The smallest disk, in bytes. */
  readonly minimumBytes: number;
  /** What `sfdisk` reads: the partitions, the last one without an end. */
  readonly table: string;
  /** In the order of writing: what the firmware starts comes last, so that a half-written disk does not start. Offsets and sizes in bytes; `sha256` of the content as the disk has it, `fileSha256` of the file of the medium. */
  readonly parts: ReadonlyArray<{ readonly name: string; readonly file: string; readonly offset: number; readonly bytes: number; readonly sha256: string; readonly fileSha256: string }>;
};
type Part = InstallPlan['parts'][number];
/** Written at once: the half gigabyte of the boot partition in the 16 KiB of a stream takes a slow machine minutes. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Erases a disk and writes the system onto it: the medium is read whole first, so that a broken one touches nothing; what was written is read back.
 * @param medium folder of `install.json`
 * @param disk path of the device
 * @throws Error with what went wrong, in words for whoever stands before the machine
 */
export async function writeSystem({ plan, medium, disk, say }: { readonly plan: InstallPlan; readonly medium: string; readonly disk: string; readonly say: (text: string) => void }): Promise<void> {
  say('Reading the medium 检查安装介质 …');
  for (const part of plan.parts) if ((await hashOf(createReadStream(join(medium, part.file)))) !== part.fileSha256) throw new Error(`the medium is damaged (${part.name}); nothing was written`);
  say('Erasing 清除磁盘 …');
  // Signatures of what was there go too: a file system of before at the same place would be taken for this machine's state.
  run('sfdisk', ['--quiet', '--wipe', 'always', '--wipe-partitions', 'always', disk], plan.table);
  for (const part of plan.parts) {
    say(`Writing 写入 ${part.name} …`);
    await write(disk, part, contentOf(medium, part));
  }
  say('Reading back 校验 …');
  for (const part of plan.parts) {
    if ((await hashOf(fromDisk(disk, part))) !== part.sha256) throw new Error(`the disk does not keep what was written (${part.name}); use another disk`);
  }
}

async function write(disk: string, { offset, bytes, name }: Part, content: Readable): Promise<void> {
  // Refused by the kernel while anything else uses the disk.
  const device = await open(disk, constants.O_RDWR | constants.O_EXCL);
  try {
    let at = offset;
    for await (const chunk of content as AsyncIterable<Buffer>) {
      if (at + chunk.length > offset + bytes) throw new Error(`${name} is larger than it says`);
      await device.write(chunk, 0, chunk.length, at);
      at += chunk.length;
    }
    await device.sync();
  } finally {
    await device.close();
  }
}

function contentOf(medium: string, { file }: Part): Readable {
  const packed = createReadStream(join(medium, file), { highWaterMark: PIECE_BYTES });
  return file.endsWith('.zst') ? packed.compose(createZstdDecompress({ chunkSize: PIECE_BYTES })) : packed;
}

/** From the disk itself, past the memory that still has what was written. */
function fromDisk(disk: string, { offset, bytes }: Part): Readable {
  return spawn('dd', [`if=${disk}`, 'bs=1M', 'iflag=direct,skip_bytes,count_bytes', `skip=${String(offset)}`, `count=${String(bytes)}`, 'status=none'], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}

async function hashOf(content: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

function run(command: string, args: readonly string[], input?: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim()}`);
}
