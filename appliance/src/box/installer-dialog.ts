import type { Disk } from './installer-disks.js';

/** The screen, the keyboard and the machine of an installation. */
export type InstallerParts = {
  readonly version: string;
  readonly say: (text: string) => void;
  /** Shows a prompt and waits for a line. */
  readonly ask: (prompt: string) => Promise<string>;
  readonly disks: () => readonly Disk[];
  /** Erases the disk and writes the system. @throws with what went wrong. */
  readonly write: (disk: Disk) => Promise<void>;
};

const UNFIT = { tooSmall: 'too small 太小', readOnly: 'read-only 只读', inUse: 'in use 使用中' } as const;

/**
 * Shows the disks, and writes onto one after somebody has typed its name, seen what is on it, and typed `erase <name>`. Anything else goes back to the list and touches nothing. English first: the text console of Linux
 * has no Chinese glyphs; a serial line has.
 * @returns the disk that was written
 */
export async function installerDialog({ version, say, ask, disks, write }: InstallerParts): Promise<Disk> {
  for (;;) {
    const found = disks();
    say(['', `Hospay installer 安装程序  ${version}`, '', 'Disks 磁盘', ...(found.length === 0 ? ['  none found 未找到'] : found.map(lineOf)), ''].join('\n'));
    const name = (await ask('Name of the disk to install on, or Enter to look again 输入目标磁盘名称，回车刷新: ')).trim();
    if (name === '') continue;
    const disk = found.find((one) => one.name === name);
    if (disk === undefined || disk.unfit !== undefined) {
      say(disk?.unfit === undefined ? `There is no disk ${name} 没有此磁盘.` : `${name} cannot be used 不可用: ${UNFIT[disk.unfit]}.`);
      continue;
    }
    say(`EVERYTHING on ${disk.name} (${sizeOf(disk)} ${disk.label}) will be erased 将清除该磁盘上的全部数据.`);
    if (disk.holdsLedger) say('It holds the LEDGER of a Hospay machine 该磁盘存有账务数据. Without a backup kept elsewhere it is lost 若无异地备份将无法恢复.');
    if ((await ask(`Type "erase ${disk.name}" to go on, anything else to go back 输入 erase ${disk.name} 继续: `)).trim() !== `erase ${disk.name}`) {
      say('Nothing was written 未写入任何数据.');
      continue;
    }
    try {
      await write(disk);
      return disk;
    } catch (error) {
      say(`Not installed 未安装: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function lineOf(disk: Disk): string {
  const content = disk.holdsLedger ? 'a Hospay machine with its LEDGER 账务数据' : disk.holds.length === 0 ? 'empty 空' : disk.holds.slice(0, 6).join(', ');
  return `  ${disk.name.padEnd(10)} ${sizeOf(disk).padStart(9)}  ${disk.label}  [${content}]${disk.unfit === undefined ? '' : `  ${UNFIT[disk.unfit]}`}`;
}

function sizeOf({ bytes }: Disk): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
