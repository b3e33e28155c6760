/** One thing wrong with the configuration, told so that it can be put right without reading code. */
export type ConfigurationProblem = {
  readonly key: string;
  readonly expects: string;
  /** The file, the environment variable or the argument it came from. */
  readonly origin: string;
  readonly nextStep: string;
};

/** Why the appliance does not start. Lists every problem at once. Never carries a configured value: it may be a secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION_INVALID';
  readonly problems: readonly ConfigurationProblem[];
  constructor(problems: readonly ConfigurationProblem[]) {
    super(['The configuration cannot be used (配置有误):', ...problems.map(describeProblem)].join('\n'));
    this.problems = problems;
  }
}

function describeProblem({ key, expects, origin, nextStep }: ConfigurationProblem): string {
  return `  ${key === '' ? '(whole file)' : key}: ${expects}\n    from (来源): ${origin}\n    next (处理): ${nextStep}`;
}
