import type { Component } from 'vue';
import type { IconName } from '../parts/icons';
import type { Right } from '../session/session-store';
import type { Words } from '../words/zh-cn';

/** One area of the console: its place in the menu, who may see it, and its pages. A new area is a new folder and one line in `all-areas.ts`. */
export type Area = {
  readonly name: keyof Words['areas'];
  readonly group: keyof Words['groups'];
  readonly icon: IconName;
  /** What is pressed after `g` to come here; no other area that one person sees has the same. */
  readonly key: string;
  readonly right: Right;
  readonly path: string;
  readonly pages: readonly { readonly path: string; readonly name: string; readonly page: () => Promise<{ default: Component }> }[];
};
