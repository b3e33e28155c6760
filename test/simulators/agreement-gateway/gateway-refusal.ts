/** What the gateway answers with 422: a code of its manual. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly code: string;
  constructor(code: string) {
    super(code.toLowerCase());
    this.code = code;
  }
}
