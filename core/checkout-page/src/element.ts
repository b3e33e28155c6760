/** Builds page elements. Text is always text: nothing from an answer is ever parsed as HTML. */
export type Child = Node | string | undefined;
type Settings = { readonly class?: string; readonly id?: string; readonly onTap?: () => void; readonly attributes?: Readonly<Record<string, string>> };

export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, settings: Settings, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (settings.class !== undefined) made.className = settings.class;
  if (settings.id !== undefined) made.id = settings.id;
  const { attributes = {}, onTap } = settings;
  for (const name of Object.keys(attributes)) made.setAttribute(name, attributes[name] ?? '');
  if (onTap !== undefined) made.addEventListener('click', onTap);
  // Engines of 2016 have no `append`.
  for (const child of children) if (child !== undefined) made.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  return made;
}
