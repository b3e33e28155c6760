/**
 * The smallest workbook (Office Open XML, ECMA-376) that every spreadsheet opens: one sheet, its head frozen, texts written in their cells. A text cell is never a formula and keeps its
 * zeros; amounts and counts are numbers one can sum.
 */
import { yuanOf } from '../../../domain/bilingual.js';
import type { Cell, ColumnView } from '../../../reports/ports.js';
import { fractionOf, textOf } from './show-cell.js';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** Indexes of `cellXfs` below. */
const STYLE = { text: 1, head: 2, fen: 3, count: 4, percent: 5, heading: 6 } as const;
const WIDTHS: Readonly<Record<ColumnView['kind'], number>> = { text: 22, word: 16, fen: 16, count: 12, percent: 12, day: 13, time: 20 };
/** ECMA-376: a sheet's name has at most 31 characters and none of these. */
const LONGEST_NAME = 31;
/** The most a cell holds. */
const LONGEST_TEXT = 32_767;

/** The parts beside the sheet. */
export function workbookParts(title: string): readonly { readonly name: string; readonly text: string }[] {
  const name = escape(title.replaceAll(/[\\/?*[\]:]/g, ' ').slice(0, LONGEST_NAME));
  return [
    {
      name: '[Content_Types].xml',
      text: `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`
        + '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        + '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    },
    { name: '_rels/.rels', text: `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>` },
    { name: 'xl/workbook.xml', text: `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${name}" sheetId="1" r:id="rId1"/></sheets></workbook>` },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    },
    {
      // 49 is text, 4 an amount with two decimals, 3 a whole number, 10 a percentage with two: built-in formats.
      name: 'xl/styles.xml',
      text: `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="等线"/></font><font><b/><sz val="11"/><name val="等线"/></font></fonts>`
        + '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        + `<cellXfs count="7">${[[0, 0], [49, 0], [49, 1], [4, 0], [3, 0], [10, 0], [49, 0]].map(([format, font]) => `<xf numFmtId="${String(format)}" fontId="${String(font)}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`).join('')}</cellXfs>`
        + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    },
  ];
}
export const SHEET_NAME = 'xl/worksheets/sheet1.xml';

export function sheetHead(columns: readonly ColumnView[], heading: readonly string[]): string {
  const top = heading.length + 1;
  const pane = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${String(top)}" topLeftCell="A${String(top + 1)}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  const widths = columns.map(({ kind }, index) => `<col min="${String(index + 1)}" max="${String(index + 1)}" width="${String(WIDTHS[kind])}" customWidth="1"/>`).join('');
  const lines = [...heading.map((text) => rowOf(textCell(text, STYLE.heading))), rowOf(columns.map(({ zh }) => textCell(zh, STYLE.head)).join(''))];
  return `${XML}<worksheet xmlns="${MAIN}">${pane}<cols>${widths}</cols><sheetData>${lines.join('')}`;
}
export function sheetRows(columns: readonly ColumnView[], rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => rowOf(columns.map((column, index) => cellOf(column, row[index] ?? '')).join(''))).join('');
}
export const SHEET_END = '</sheetData></worksheet>';

/** Cells without a reference stand one behind the other (ECMA-376, 18.3.1.4): every column has its cell, an empty one among them. */
function cellOf(column: ColumnView, cell: Cell): string {
  const { kind } = column;
  if (typeof cell === 'number' && kind === 'fen') return `<c s="${String(STYLE.fen)}"><v>${yuanOf(cell)}</v></c>`;
  if (typeof cell === 'number' && kind === 'count') return `<c s="${String(STYLE.count)}"><v>${String(cell)}</v></c>`;
  if (typeof cell === 'number' && kind === 'percent') return `<c s="${String(STYLE.percent)}"><v>${fractionOf(cell)}</v></c>`;
  return textCell(textOf(column, cell), STYLE.text);
}
function textCell(text: string, style: number): string {
  return text === '' ? `<c s="${String(style)}"/>` : `<c s="${String(style)}" t="inlineStr"><is><t xml:space="preserve">${escape(text.slice(0, LONGEST_TEXT))}</t></is></c>`;
}
function rowOf(cells: string): string {
  return `<row>${cells}</row>`;
}
/** XML 1.0 has no place for control characters and halves of surrogate pairs, escaped or not. */
function escape(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
