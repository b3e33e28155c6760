export type BudgetGuardPlaceholder = never;
