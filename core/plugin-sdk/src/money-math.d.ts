declare module 'money-math' {
  const money: { amountToCents(amount: string): string };
  export default money;
}
