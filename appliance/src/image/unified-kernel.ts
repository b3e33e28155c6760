import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { tool } from './tool.js';

const ALIGNED = 4_096;

/**
 * One file that the firmware starts: stub, kernel, initial RAM disk and command line together (unified kernel image, UAPI group specification 5), so that one signature covers all of them.
 * @param stub `linuxx64.efi.stub` of systemd
 */
export function unifiedKernel({ stub, kernel, initrd, commandLine, osRelease, file }: { readonly stub: string; readonly kernel: string; readonly initrd: string; readonly commandLine: string; readonly osRelease: string; readonly file: string }): void {
  writeFileSync(`${file}.cmdline`, `${commandLine}\0`);
  writeFileSync(`${file}.osrel`, osRelease);
  // Where the last section of the stub ends: ours follow, none over another.
  const sections = tool('objdump', ['-h', '-w', stub]).split('\n').flatMap((line) => {
    const match = /^\s*\d+\s+(\S+)\s+([0-9a-f]+)\s+([0-9a-f]+)\s/.exec(line);
    return match === null ? [] : [Number.parseInt(match[3] ?? '0', 16) + Number.parseInt(match[2] ?? '0', 16)];
  });
  let at = aligned(Math.max(...sections));
  const args: string[] = [];
  for (const [name, path] of [['.osrel', `${file}.osrel`], ['.cmdline', `${file}.cmdline`], ['.initrd', initrd], ['.linux', kernel]] as const) {
    args.push('--add-section', `${name}=${path}`, '--change-section-vma', `${name}=0x${at.toString(16)}`);
    at = aligned(at + statSync(path).size);
  }
  tool('objcopy', [...args, stub, file]);
  withoutTimeOfBuild(file);
}

/** objcopy writes when it ran, and a sum over it; UEFI reads neither, and zero says that there is none (PE format, COFF file header and optional header). */
function withoutTimeOfBuild(file: string): void {
  const image = readFileSync(file);
  const header = image.readUInt32LE(0x3c);
  image.writeUInt32LE(0, header + 8);
  image.writeUInt32LE(0, header + 24 + 64);
  writeFileSync(file, image);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNED) * ALIGNED;
}
