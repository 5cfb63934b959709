// What went wrong, in words a shop owner can act on; the wire's own words win when it has any.
import { asProblem as clientProblem, type Problem } from '@shopcast/api-client';
import { t } from '@shopcast/format';

export { Problem } from '@shopcast/api-client';

export function asProblem(error: unknown): Problem {
  return clientProblem(error);
}

export function problemText(problem: Problem): string {
  if (problem.unanswered)
    return t(
      problem.code === 'timeout'
        ? 'problem.timeout'
        : problem.code === 'offline'
          ? 'problem.offline'
          : 'problem.unexpected',
    );
  if (problem.message) return problem.message;
  if (problem.status === 403) return t('problem.forbidden');
  if (problem.status === 404) return t('problem.missing');
  if (problem.status === 429) return t('problem.too_many');
  return t('problem.unexpected');
}

/** The form's field the server refused, when it named one that is on the form; else the person is told otherwise. */
export function refusedField(problem: Problem, fields: readonly string[]): string | null {
  const { field } = problem.params;
  return typeof field === 'string' && fields.includes(field) ? field : null;
}
