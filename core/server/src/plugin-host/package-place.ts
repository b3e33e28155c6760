import { basename, dirname, join, sep } from 'node:path';

/** Where a package lies as people are told: its folder and the one it stands in. Where on the machine that is concerns nobody who looks at the console. */
export function packagePlace(folder: string): string {
  return join(basename(dirname(folder)), basename(folder)).replaceAll(sep, '/');
}

/** What a plugin says, or an error of its code, with the places of the packages for their paths. */
export function withoutPaths(text: string, folders: readonly string[]): string {
  return folders.toSorted((left, right) => right.length - left.length).reduce((told, folder) => told.replaceAll(`file://${folder}`, packagePlace(folder)).replaceAll(folder, packagePlace(folder)), text);
}
