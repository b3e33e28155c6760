declare module 'money-math' {
  const money: { mul(left: string, right: string): string };
  export default money;
}
