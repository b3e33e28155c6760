/** XML as hospital systems put it into strings: written from paths, read into paths. No document types, no attributes, nothing from elsewhere. */
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';

/** `BASEINFO/FARENDM` → its text. A path that comes twice makes two elements. */
export type XmlValue = { readonly path: string; readonly text: string };

export type XmlElement = { readonly name: string; readonly text: string; readonly children: readonly XmlElement[] };

type Node = { readonly [name: string]: readonly Node[] | string };

// Attributes, numbers and entities of its own are no business of these messages; card numbers keep their zeros.
const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: true, ignoreDeclaration: true, ignorePiTags: true, parseTagValue: false, trimValues: false });
const builder = new XMLBuilder({ preserveOrder: true, format: false, suppressEmptyNode: false });
/** What XML 1.0 cannot carry in any spelling: control characters other than tab and line ends, and two that are no characters. */
const isForbidden = (character: string): boolean => (character < ' ' && !'\t\n\r'.includes(character)) || character === '\ufffe' || character === '\uffff';
const DEEPEST = 16;

/** The document as text, without a declaration. Children stand in the order of their first path. @throws RangeError for a character XML cannot carry */
export function writeXml(root: string, values: readonly XmlValue[]): string {
  const tree: MutableElement = { name: root, text: undefined, children: [] };
  for (const { path, text } of values) {
    if ([...text].some(isForbidden)) throw new RangeError(`${path}: a character that XML cannot carry`);
    const steps = path.split('/');
    let element = tree;
    for (const [index, step] of steps.entries()) {
      const isLeaf = index === steps.length - 1;
      let child: MutableElement | undefined = isLeaf ? undefined : element.children.find(({ name }) => name === step);
      if (child === undefined) {
        child = { name: step, text: isLeaf ? text : undefined, children: [] };
        element.children.push(child);
      }
      element = child;
    }
  }
  return builder.build([nodeOf(tree)]);
}

type MutableElement = { readonly name: string; text: string | undefined; readonly children: MutableElement[] };

function nodeOf({ name, text, children }: MutableElement): Node {
  return { [name]: text === undefined ? children.map(nodeOf) : [{ '#text': text }] };
}

/** The root element, or why the text is no such document. */
export function readXml(text: string): { readonly kind: 'document'; readonly root: XmlElement } | { readonly kind: 'malformed'; readonly reason: string } {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return { kind: 'malformed', reason: 'a document type' };
  const trimmed = text.trim();
  const valid = trimmed.startsWith('<') ? XMLValidator.validate(trimmed) : undefined;
  if (valid !== true) return { kind: 'malformed', reason: `not XML${valid === undefined ? '' : `: ${valid.err.msg}`}`.slice(0, 200) };
  const roots = elementsOf(parser.parse(trimmed), 0);
  const [root] = roots;
  if (root === undefined || roots.length !== 1) return { kind: 'malformed', reason: 'not one root element' };
  return { kind: 'document', root };
}

function elementsOf(nodes: unknown, depth: number): XmlElement[] {
  if (!Array.isArray(nodes) || depth > DEEPEST) return [];
  return nodes.flatMap((node: unknown) => {
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).filter(([name]) => !name.startsWith('#') && !name.startsWith('?') && name !== ':@').map(([name, content]): XmlElement => {
      const children = elementsOf(content, depth + 1);
      return { name, children, text: children.length > 0 ? '' : textIn(content) };
    });
  });
}

function textIn(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (typeof part === 'object' && part !== null && '#text' in part ? String(part['#text']) : '')).join('');
}

/** Every element at a path below the root, the root's own name left out. */
export function elementsAt(root: XmlElement, path: string): readonly XmlElement[] {
  return path.split('/').reduce<readonly XmlElement[]>((elements, step) => elements.flatMap(({ children }) => children.filter(({ name }) => name.toLowerCase() === step.toLowerCase())), [root]);
}

/** Texts of the leaves below an element, by path in lower case. Of a path that comes twice the first counts. */
export function leavesOf(element: XmlElement): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const collect = ({ children, text }: XmlElement, path: string): void => {
    if (children.length === 0 && path !== '' && !leaves.has(path)) leaves.set(path, text);
    for (const child of children) collect(child, path === '' ? child.name.toLowerCase() : `${path}/${child.name.toLowerCase()}`);
  };
  collect(element, '');
  return leaves;
}
