/** XML as the simulated services write it, by hand: nothing of the adapter writes its own test's answers. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
