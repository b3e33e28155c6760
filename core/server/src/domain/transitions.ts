/** A state machine as data: listed once, drawn in the docs from here, and the only way a state changes. */
export type Transition<State extends string, Trigger extends string> = {
  readonly from: readonly State[];
  readonly to: State;
  readonly by: readonly Trigger[];
  readonly why: string;
};

export type TransitionTable<State extends string, Trigger extends string> = {
  readonly axis: string;
  readonly transitions: readonly Transition<State, Trigger>[];
  allows(from: State, to: State, by: Trigger): boolean;
  /** @throws ForbiddenTransition when the table has no such line. */
  check(from: State, to: State, by: Trigger): void;
};

export class ForbiddenTransition extends Error {
  override readonly name = 'ForbiddenTransition';
}

export function defineTransitions<State extends string, Trigger extends string>(
  axis: string,
  transitions: readonly Transition<State, Trigger>[],
): TransitionTable<State, Trigger> {
  const allows = (from: State, to: State, by: Trigger) =>
    transitions.some((line) => line.to === to && line.from.includes(from) && line.by.includes(by));
  return {
    axis,
    transitions,
    allows,
    check(from, to, by) {
      if (!allows(from, to, by)) throw new ForbiddenTransition(`${axis}: ${from} → ${to} by ${by} is not in the table`);
    },
  };
}
