/** Short notices over the page, and the question before something that cannot be taken back. The only place that knows the library's boxes. */
import { ElMessage, ElMessageBox } from 'element-plus';

/** Long enough to read a code and a next step aloud to somebody on the phone. */
const FAILURE_SHOWN_MS = 8_000;

export function noticeDone(text: string): void {
  ElMessage.success(text);
}

export function noticeFailure(text: string): void {
  ElMessage({ type: 'error', message: text, duration: FAILURE_SHOWN_MS, showClose: true });
}

/** Why something is wanted, for whoever approves it; undefined: not wanted any more. */
export function askReason(question: string, title: string): Promise<string | undefined> {
  return ElMessageBox.prompt(question, title, { type: 'warning', inputPattern: /\S.*\S/, inputErrorMessage: ' ' }).then(({ value }) => value.trim(), () => undefined);
}

/** True when the person is sure. */
export function askSure(question: string, title: string): Promise<boolean> {
  return ElMessageBox.confirm(question, title, { type: 'warning' }).then(() => true, () => false);
}
