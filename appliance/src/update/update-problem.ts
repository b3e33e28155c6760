/** Why an update is not taken, in both languages and with what to do next. Nothing that runs was changed. */
export class UpdateProblem extends Error {
  override readonly name = 'UpdateProblem';
  readonly zh: string;
  readonly en: string;

  constructor(said: { readonly zh: string; readonly en: string }) {
    super(`${said.zh} ${said.en}`);
    this.zh = said.zh;
    this.en = said.en;
  }
}
