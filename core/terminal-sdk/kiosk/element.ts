/** Builds page elements. Text is always text: nothing from a message is ever parsed as HTML. */
export type Child = Node | string | undefined;
type Settings = { readonly class?: string; readonly id?: string; readonly onTap?: () => void; readonly attributes?: Readonly<Record<string, string>> };

export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, settings: Settings, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (settings.class !== undefined) made.className = settings.class;
  if (settings.id !== undefined) made.id = settings.id;
  for (const [name, value] of Object.entries(settings.attributes ?? {})) made.setAttribute(name, value);
  const { onTap } = settings;
  if (onTap !== undefined) made.addEventListener('click', onTap);
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

export function button(label: string, onTap: () => void, settings: { readonly class?: string; readonly id?: string; readonly disabled?: boolean } = {}): HTMLButtonElement {
  const made = element('button', { ...settings, class: settings.class ?? 'plain', onTap, attributes: { type: 'button' } }, label);
  made.disabled = settings.disabled ?? false;
  return made;
}
