/** What the keys work on, found in the page as it stands: no page knows of keys. Rows are those of any table, and whatever says `data-row`. */
const ROWS = '#content tbody tr:not(.ghost), #content [data-row]';
const TYPED_INTO = ['text', 'search', 'number', 'password', 'email', 'tel', 'url'];

/** What is typed belongs to the field, and the arrows and Esc of an open list to the list. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && TYPED_INTO.includes(target.type);
}
/** Beside the page: the lists that fields and buttons open. */
export function isInList(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.closest('.el-popper') !== null || target.getAttribute('aria-expanded') === 'true');
}
/** A dialog is open: its own keys only. */
export function isModal(): boolean {
  return [...document.querySelectorAll('.el-overlay')].some((overlay) => overlay.getClientRects().length > 0);
}

/** The focus goes to the row itself: it is read aloud, it is seen, and the next Tab is at what can be done with it. */
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const ahead = by === 1 ? rows.slice(at + 1) : rows.slice(0, at === -1 ? rows.length : at).toReversed();
  // Looked at one by one: among a thousand, asking each where it is would have all of them laid out.
  const next = ahead.find((row) => row.getClientRects().length > 0);
  if (next === undefined) return;
  if (!next.hasAttribute('tabindex') && next.tabIndex < 0) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
/** Opens what the row is about: what says `data-opens`, else its first link. Never a button that does something. False: no row has the focus. */
export function openRow(): boolean {
  const row = document.activeElement;
  if (!(row instanceof HTMLElement) || !row.matches(ROWS) || row.matches('a, button')) return false;
  (row.querySelector<HTMLElement>('[data-opens]') ?? row.querySelector<HTMLElement>('a[href]'))?.click();
  return true;
}
export function focusSearch(): void {
  const field = [...document.querySelectorAll<HTMLInputElement>('#content input')].find(
    (input) => TYPED_INTO.includes(input.type) && !input.readOnly && !input.disabled && input.getAttribute('role') !== 'combobox' && input.closest('tbody, .el-date-editor') === null && input.getClientRects().length > 0,
  );
  field?.focus();
  field?.select();
}
export function turnPage(way: 'next' | 'previous'): void {
  document.querySelector<HTMLButtonElement>(`#content [data-page=${way}]:not(:disabled)`)?.click();
}
