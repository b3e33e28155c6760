/** The summary of a bundle, for people: what the checks say, what is in it and what was taken out. Without any script or address, so that it opens anywhere. */
import type { BundleManifest, Redactions, SensitiveType, VerdictLevel } from './ports.js';

const LEVELS: Readonly<Record<VerdictLevel, string>> = { wrong: '✖ 须处理 to be mended', attention: '! 须关注 to look at', unknown: '? 未能获知 not known', fine: '✓ 正常 in order' };
const TYPES: Readonly<Record<SensitiveType, string>> = { card: '卡号 cards', idNumber: '证件号 identity numbers', phone: '手机号 phones', name: '姓名 names', patientNumber: '患者编号 patient numbers', personal: '其他个人信息 other personal data', key: '密钥 keys', secret: '口令与令牌 secrets' };
type Told = Omit<BundleManifest, 'files'> & { readonly files: BundleManifest['files'] };

export function sayRedactions(redactions: Redactions): string {
  return Object.entries(TYPES).flatMap(([type, words]) => { const count = redactions[type as SensitiveType]; return count === undefined ? [] : [`${words} ${String(count)}`]; }).join('，');
}

export function writeMarkdown(manifest: Told): string {
  const { version, collectedAt, verdicts, problems, files } = manifest;
  const lines = [`# 支持包 support bundle`, '', `* ${collectedAt} · Hospay ${version}`, `* 已按类型替换个人信息与密钥；同一数值在本包内化名相同 Personal data and keys are replaced by type; the same value has the same pseudonym in this bundle`, '', '## 诊断 Checks', ''];
  for (const { check, level, said, next } of verdicts) lines.push(`* **${LEVELS[level]}** \`${check}\`：${said.zh} ${said.en}${next === undefined ? '' : `\n  → ${next.zh}\n  → ${next.en}`}`);
  if (problems.length > 0) lines.push('', '## 未能收集 Not collected', '', ...problems.map(({ collector, said }) => `* \`${collector}\`：${said.zh} ${said.en}`));
  lines.push('', '## 文件 Files', '', '| 文件 file | 字节 bytes | 替换 redactions |', '|---|---|---|', ...files.map(({ path, bytes, redactions }) => `| ${path} | ${String(bytes)} | ${sayRedactions(redactions)} |`), '');
  return lines.join('\n');
}

export function writeHtml(manifest: Told): string {
  const { version, collectedAt, verdicts, problems, files } = manifest;
  const row = (...cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  const table = (head: readonly string[], rows: readonly string[]): string => `<table><thead><tr>${head.map((one) => `<th>${one}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>支持包</title><style>body{font:15px/1.6 sans-serif;margin:2em auto;max-width:70em}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}</style>
<h1>支持包 Support bundle</h1><p>${escape(collectedAt)} · Hospay ${escape(version)}</p>
<h2>诊断 Checks</h2>${table(['结论 verdict', '检查 check', '说明 found', '下一步 next step'], verdicts.map(({ check, level, said, next }) => row(LEVELS[level], escape(check), `${escape(said.zh)}<br>${escape(said.en)}`, next === undefined ? '' : `${escape(next.zh)}<br>${escape(next.en)}`)))}
${problems.length === 0 ? '' : `<h2>未能收集 Not collected</h2>${table(['', ''], problems.map(({ collector, said }) => row(escape(collector), `${escape(said.zh)} ${escape(said.en)}`)))}`}
<h2>文件 Files</h2>${table(['文件 file', '字节 bytes', '替换 redactions'], files.map(({ path, bytes, redactions }) => row(escape(path), String(bytes), sayRedactions(redactions))))}
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
