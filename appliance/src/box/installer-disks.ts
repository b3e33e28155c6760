/** A disk as the installer shows it. */
export type Disk = {
  /** `sda`: what somebody types. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Maker, model, serial number: what stands on its label. */
  readonly label: string;
  /** What is on it: file systems and partitions by name; empty when nothing is found. */
  readonly holds: readonly string[];
  /** A ledger of ours lies there: whoever erases it erases a hospital's accounts. */
  readonly holdsLedger: boolean;
  /** Why nothing can be installed on it. */
  readonly unfit: 'tooSmall' | 'readOnly' | 'inUse' | undefined;
};

type Device = { readonly name: string; readonly path: string; readonly type: string; readonly size: number; readonly ro: boolean; readonly vendor?: string | null; readonly model?: string | null; readonly serial?: string | null; readonly fstype?: string | null; readonly partlabel?: string | null; readonly mountpoints?: ReadonlyArray<string | null>; readonly children?: readonly Device[] };

export const LSBLK = ['--json', '--bytes', '--output', 'NAME,PATH,TYPE,SIZE,RO,VENDOR,MODEL,SERIAL,FSTYPE,PARTLABEL,MOUNTPOINTS'];

/** Reads what `lsblk` prints with `LSBLK`. The medium we started from is in use, and so never offered. */
export function readDisks(lsblk: string, minimumBytes: number): Disk[] {
  const { blockdevices } = JSON.parse(lsblk) as { readonly blockdevices: readonly Device[] };
  return blockdevices.filter(({ type, name }) => type === 'disk' && !/^(zram|fd|ram|nbd)/.test(name)).map((device) => {
    const all = withChildren(device);
    const isInUse = all.some(({ mountpoints = [], type }) => type === 'crypt' || mountpoints.some((one) => one !== null));
    return {
      name: device.name,
      path: device.path,
      bytes: device.size,
      label: [device.vendor, device.model, device.serial].map((word) => word?.trim() ?? '').filter((word) => word !== '').join(' '),
      holds: all.flatMap(({ partlabel, fstype }) => partlabel ?? fstype ?? []),
      holdsLedger: all.some(({ partlabel }) => partlabel === 'ledger'),
      unfit: isInUse ? 'inUse' : device.ro ? 'readOnly' : device.size < minimumBytes ? 'tooSmall' : undefined,
    };
  });
}

function withChildren(device: Device): readonly Device[] {
  return [device, ...(device.children ?? []).flatMap(withChildren)];
}
