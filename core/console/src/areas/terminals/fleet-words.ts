import type { Campus, Terminal, TerminalGroup } from '../../api/console-api';

export const KINDS = ['kiosk', 'window', 'doctorStation'] as const;
export const ID_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function titleOfGroup(groups: readonly TerminalGroup[] | undefined, id: string | undefined): string {
  return groups?.find((group) => group.id === id)?.title ?? '';
}
export function nameOfCampus(campuses: readonly Campus[] | undefined, id: string | undefined): string {
  return campuses?.find((campus) => campus.id === id)?.name ?? '';
}
/** What a change of place must repeat: what is left out is emptied. */
export function placeOf({ title, campus, group }: Pick<Terminal, 'title' | 'campus' | 'group'>): { readonly title: string; readonly campus?: string; readonly group?: string } {
  return { title, ...(campus === undefined || campus === '' ? {} : { campus }), ...(group === undefined || group === '' ? {} : { group }) };
}
