/** `hospay doctor`: what the sandbox really is on this machine, unit by unit, and the machine beside it. It changes nothing. */
import type { Command } from 'commander';
import type { Screen } from '../screen.js';
import { isSystemd, unitsOfDataFolder, unitsOfSystemd, type Unit } from './find-units.js';
import { judge, SAID, type Judged } from './judge-confinement.js';
import { readMachineState } from './machine-state.js';
import { readConfinement, type Confinement } from './read-confinement.js';

export type Examined = Unit & { readonly confinement: Confinement | undefined; readonly judged: Judged | undefined };
const MEGABYTE = 1_048_576;

export function addDoctorCommand(program: Command, screen: Screen, { dataFolder }: { readonly dataFolder: string }): void {
  program.command('doctor').description('what confines the platform on this machine, and how the machine is 体检：隔离与主机').option('--json', 'as JSON')
    .action(({ json = false }: { readonly json?: boolean }) => {
      const folder = program.opts<{ dataFolder?: string }>().dataFolder ?? dataFolder;
      const underSystemd = isSystemd();
      // A core that somebody began by hand beside systemd is not one of its units.
      const units = [...(underSystemd ? unitsOfSystemd() : []), ...unitsOfDataFolder(folder)].filter((unit, index, all) => unit.pid === undefined || all.findIndex(({ pid }) => pid === unit.pid) === index);
      const examined = units.map((unit) => examine(unit, underSystemd));
      const machine = readMachineState(folder);
      if (json) screen.say(JSON.stringify({ underSystemd, units: examined, machine }, undefined, 2));
      else for (const line of [...sayUnits(examined, underSystemd), '', ...sayMachine(machine)]) screen.say(line);
    });
}

function examine(unit: Unit, underSystemd: boolean): Examined {
  const confinement = unit.pid === undefined ? undefined : readConfinement(unit.pid);
  // What is no unit has no walls of systemd, whoever PID 1 is.
  return { ...unit, confinement, judged: confinement === undefined ? undefined : judge(confinement, { underSystemd: underSystemd && unit.unit.endsWith('.service') }) };
}

function sayUnits(units: readonly Examined[], underSystemd: boolean): readonly string[] {
  if (units.length === 0) return ['没有运行中的平台进程（用 --data-folder 指定数据目录）  no process of the platform runs here', ...(underSystemd ? [] : [`${SAID.development.zh}\n${SAID.development.en}`])];
  return units.flatMap(({ unit, state, settings, confinement, judged }) => {
    if (confinement === undefined || judged === undefined) return [`${unit}  ${state}  没有进程 no process`];
    const { zh, en } = SAID[judged.isolation];
    return [
      `${unit}  ${state}  pid ${String(confinement.pid)}  ${confinement.program}`, `  ${zh}`, `  ${en}`,
      `  uid ${String(confinement.user)} · seccomp ${confinement.seccomp} · NoNewPrivs ${confinement.noNewPrivileges ? '1' : '0'} · CapEff ${String(confinement.capabilities.length)} · CapBnd ${String(confinement.bounding.length)} · memory.max ${confinement.memoryMaxBytes === undefined ? '-' : `${String(Math.floor(confinement.memoryMaxBytes / MEGABYTE))} MB`} · cpu.max ${confinement.cpuMax === undefined ? '-' : String(confinement.cpuMax)} · pids.max ${confinement.tasksMax === undefined ? '-' : String(confinement.tasksMax)}`,
      `  系统盘 root ${said(confinement.rootReadOnly, '只读 read-only', '可写 writable')} · 挂载视图 mounts ${said(confinement.ownMounts, '独立 own', '共用 shared')}${confinement.nodePermissions ? ' · Node --permission' : ''}`,
      ...judged.missing.map((missing) => `  ✖ ${missing.zh}  ${missing.en}`), ...(Object.keys(settings).length === 0 ? [] : [`  systemd ${Object.entries(settings).map(([key, value]) => `${key}=${value}`).join(' ')}`]),
    ];
  });
}

function said(value: boolean | undefined, yes: string, no: string): string {
  return value === undefined ? '看不到（请用 root） not to be seen, run as root' : value ? yes : no;
}

function sayMachine({ disk, memory, clock, ports, versions }: ReturnType<typeof readMachineState>): readonly string[] {
  return [
    `数据盘 disk    ${disk === undefined ? '没有数据目录 no data folder' : `${disk.folder}  剩余 free ${String(disk.freeMegabytes)} / ${String(disk.totalMegabytes)} MB`}`, `内存 memory    可用 available ${String(memory.availableMegabytes)} / ${String(memory.totalMegabytes)} MB`, `时间 clock     ${clock}`,
    `端口 ports     ${ports.join(' ')}`, `版本 versions  ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(' · ')}`,
  ];
}
