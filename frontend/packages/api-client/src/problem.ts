/** What went wrong with a call: the server's refusal, or a network that did not answer. */

interface ProblemBody {
  code: string;
  message: string;
  params?: Record<string, unknown>;
  request_id?: string;
}

export class Problem extends Error {
  constructor(
    /** `sales.sold_out` and so on; `offline` when no answer came; `timeout` when it came too late. */
    readonly code: string,
    /** 0 when there was no answer. */
    readonly status: number,
    message: string,
    readonly params: Record<string, unknown> = {},
    readonly requestId = '',
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** Nobody knows whether the server acted; only a call with the same Idempotency-Key may be sent again. */
  get unanswered(): boolean {
    return this.status === 0;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('unexpected', 0, error instanceof Error ? error.message : String(error));
}

export async function problemFrom(response: Response): Promise<Problem> {
  const body: Partial<ProblemBody> = await response.json().catch(() => ({}));
  return new Problem(
    body.code ?? `http_${response.status}`,
    response.status,
    body.message ?? '',
    body.params ?? {},
    body.request_id ?? '',
  );
}
